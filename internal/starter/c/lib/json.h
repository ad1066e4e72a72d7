// JSON (RFC 8259), strict, for messages of a line.
//
// Ownership: a value owns its parts. A function that returns a new value gives it to the caller, who frees it or makes it a part
// of another value. json_add and json_set take over the value that they add. Nothing else takes over or frees an argument.
//
// If there is no memory left, the program ends.
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT } JsonKind;

typedef struct Json {
    JsonKind kind;
    char *text;          // of a string in UTF-8; of a number as it was written, so nothing is lost of a large one
    size_t length;       // of the text in bytes, or the number of items
    struct Json **items; // of an array or an object
    char **keys;         // of the items of an object, in ascending order
    size_t capacity;     // the number of items that there is room for
} Json;

// json_parse returns a new value, or NULL if the text is not JSON, is nested more than 500 levels deep, or has a key with a NUL
// character, which no C string can hold. If an object has a key twice, the later one counts.
Json *json_parse(const char *text, size_t length);

// json_print returns the text of a value, on one line. The caller frees it.
char *json_print(const Json *value);

// These functions return new values.
Json *json_null(void);
Json *json_int(int64_t number);
Json *json_string(const char *text);
Json *json_array(void);
Json *json_object(void);
Json *json_copy(const Json *value);

void json_free(Json *value);

// json_add appends an item to an array, which it returns.
Json *json_add(Json *array, Json *item);

// json_set sets the value of a key of an object, which it returns.
Json *json_set(Json *object, const char *key, Json *value);

// json_get returns the value of a key, which still belongs to the object, or NULL if the key is not there or this is no object.
Json *json_get(const Json *object, const char *key);

// The remaining functions take NULL, too, for a value that is not there.

bool json_is(const Json *value, JsonKind kind);

// json_to_int returns false if the value is not an integer of 64 bits.
bool json_to_int(const Json *value, int64_t *number);

// json_to_text returns the text of a string, or NULL if the value is not a string, or one with a NUL character.
const char *json_to_text(const Json *value);

// allocate is realloc, which ends the program if there is no memory left.
void *allocate(void *old, size_t size);

#endif
