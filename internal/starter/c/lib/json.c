#include "json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 500 };

void *allocate(void *old, size_t size)
{
    void *new = realloc(old, size);
    if (new == NULL) {
        fputs("no memory left\n", stderr);
        abort();
    }
    return new;
}

// A Buffer is a text that grows.
typedef struct {
    char *bytes;
    size_t length, capacity;
} Buffer;

static void append(Buffer *b, const char *bytes, size_t n)
{
    if (b->capacity - b->length < n) {
        b->capacity = 2 * b->capacity + n;
        b->bytes = allocate(b->bytes, b->capacity);
    }
    memcpy(b->bytes + b->length, bytes, n);
    b->length += n;
}

// Values.

static Json *new_value(JsonKind kind)
{
    Json *value = allocate(NULL, sizeof *value);
    *value = (Json){.kind = kind};
    return value;
}

static Json *new_text(JsonKind kind, const char *text, size_t length)
{
    Json *value = new_value(kind);
    value->text = allocate(NULL, length + 1);
    memcpy(value->text, text, length);
    value->text[length] = '\0';
    value->length = length;
    return value;
}

Json *json_null(void) { return new_value(JSON_NULL); }
Json *json_array(void) { return new_value(JSON_ARRAY); }
Json *json_object(void) { return new_value(JSON_OBJECT); }
Json *json_string(const char *text) { return new_text(JSON_STRING, text, strlen(text)); }

Json *json_int(int64_t number)
{
    char text[32];
    int length = snprintf(text, sizeof text, "%" PRId64, number);
    return new_text(JSON_NUMBER, text, (size_t)length);
}

// insert makes an item the one with an index. The key is NULL in an array.
static void insert(Json *parent, size_t index, const char *key, Json *item)
{
    if (parent->length == parent->capacity) {
        parent->capacity = 2 * parent->capacity + 4;
        parent->items = allocate(parent->items, parent->capacity * sizeof *parent->items);
        if (key != NULL) {
            parent->keys = allocate(parent->keys, parent->capacity * sizeof *parent->keys);
        }
    }
    size_t behind = parent->length - index;
    memmove(parent->items + index + 1, parent->items + index, behind * sizeof *parent->items);
    parent->items[index] = item;
    if (key != NULL) {
        memmove(parent->keys + index + 1, parent->keys + index, behind * sizeof *parent->keys);
        parent->keys[index] = strcpy(allocate(NULL, strlen(key) + 1), key);
    }
    parent->length++;
}

// find returns the index of the first key that is not less than the given one.
static size_t find(const Json *object, const char *key)
{
    size_t low = 0, high = object->length;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(object->keys[middle], key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool has(const Json *object, size_t index, const char *key)
{
    return index < object->length && strcmp(object->keys[index], key) == 0;
}

Json *json_add(Json *array, Json *item)
{
    insert(array, array->length, NULL, item);
    return array;
}

Json *json_set(Json *object, const char *key, Json *value)
{
    size_t index = find(object, key);
    if (has(object, index, key)) {
        json_free(object->items[index]);
        object->items[index] = value;
    } else {
        insert(object, index, key, value);
    }
    return object;
}

Json *json_get(const Json *object, const char *key)
{
    if (!json_is(object, JSON_OBJECT)) {
        return NULL;
    }
    size_t index = find(object, key);
    return has(object, index, key) ? object->items[index] : NULL;
}

bool json_is(const Json *value, JsonKind kind) { return value != NULL && value->kind == kind; }

bool json_to_int(const Json *value, int64_t *number)
{
    if (!json_is(value, JSON_NUMBER) || strpbrk(value->text, ".eE") != NULL) {
        return false;
    }
    errno = 0;
    long long parsed = strtoll(value->text, NULL, 10);
    if (errno != 0) {
        return false;
    }
    *number = parsed;
    return true;
}

const char *json_to_text(const Json *value)
{
    return json_is(value, JSON_STRING) && strlen(value->text) == value->length ? value->text : NULL;
}

Json *json_copy(const Json *value)
{
    if (value->text != NULL) {
        return new_text(value->kind, value->text, value->length);
    }
    Json *copy = new_value(value->kind);
    for (size_t i = 0; i < value->length; i++) {
        insert(copy, i, value->keys == NULL ? NULL : value->keys[i], json_copy(value->items[i]));
    }
    return copy;
}

void json_free(Json *value)
{
    if (value == NULL) {
        return;
    }
    for (size_t i = 0; value->items != NULL && i < value->length; i++) {
        json_free(value->items[i]);
        if (value->keys != NULL) {
            free(value->keys[i]);
        }
    }
    free(value->items);
    free(value->keys);
    free(value->text);
    free(value);
}

// Printing.

static void print_string(Buffer *b, const char *text, size_t length)
{
    append(b, "\"", 1);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\') {
            append(b, "\\", 1);
        }
        if (c < 0x20) {
            char escape[8];
            append(b, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", c));
        } else {
            append(b, &text[i], 1);
        }
    }
    append(b, "\"", 1);
}

static void print(Buffer *b, const Json *value)
{
    switch (value->kind) {
    case JSON_NULL:
        append(b, "null", 4);
        break;
    case JSON_FALSE:
        append(b, "false", 5);
        break;
    case JSON_TRUE:
        append(b, "true", 4);
        break;
    case JSON_NUMBER:
        append(b, value->text, value->length);
        break;
    case JSON_STRING:
        print_string(b, value->text, value->length);
        break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        append(b, value->kind == JSON_ARRAY ? "[" : "{", 1);
        for (size_t i = 0; i < value->length; i++) {
            if (i > 0) {
                append(b, ",", 1);
            }
            if (value->keys != NULL) {
                print_string(b, value->keys[i], strlen(value->keys[i]));
                append(b, ":", 1);
            }
            print(b, value->items[i]);
        }
        append(b, value->kind == JSON_ARRAY ? "]" : "}", 1);
        break;
    }
}

char *json_print(const Json *value)
{
    Buffer b = {0};
    print(&b, value);
    append(&b, "", 1); // the NUL at the end
    return b.bytes;
}

// Parsing. The functions return false or NULL if the text is not JSON.

typedef struct {
    const char *at, *end;
    int depth; // the number of arrays and objects around
} Reader;

static Json *read_value(Reader *r);

static void skip_space(Reader *r)
{
    while (r->at < r->end && strchr(" \t\r\n", *r->at) != NULL && *r->at != '\0') {
        r->at++;
    }
}

static bool skip(Reader *r, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0) {
        return false;
    }
    r->at += n;
    return true;
}

static size_t skip_digits(Reader *r)
{
    const char *start = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') {
        r->at++;
    }
    return (size_t)(r->at - start);
}

static Json *read_number(Reader *r)
{
    const char *start = r->at;
    skip(r, "-");
    if (!skip(r, "0") && skip_digits(r) == 0) {
        return NULL;
    }
    if (skip(r, ".") && skip_digits(r) == 0) {
        return NULL;
    }
    if (skip(r, "e") || skip(r, "E")) {
        if (!skip(r, "+")) {
            skip(r, "-");
        }
        if (skip_digits(r) == 0) {
            return NULL;
        }
    }
    return new_text(JSON_NUMBER, start, (size_t)(r->at - start));
}

// read_hex reads the four digits of an escape.
static bool read_hex(Reader *r, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++, r->at++) {
        const char *digits = "0123456789abcdefABCDEF";
        const char *digit = r->at < r->end && *r->at != '\0' ? strchr(digits, *r->at) : NULL;
        if (digit == NULL) {
            return false;
        }
        uint32_t n = (uint32_t)(digit - digits);
        *code = 16 * *code + (n < 16 ? n : n - 6);
    }
    return true;
}

static void append_utf8(Buffer *b, uint32_t code)
{
    char bytes[4];
    size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    const unsigned char first[] = {0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n - 1; i > 0; i--, code >>= 6) {
        bytes[i] = (char)(0x80 | (code & 0x3f));
    }
    bytes[0] = (char)(first[n - 1] | code);
    append(b, bytes, n);
}

// read_escape reads what follows a backslash.
static bool read_escape(Reader *r, Buffer *b)
{
    const char *letters = "\"\\/bfnrt", *meanings = "\"\\/\b\f\n\r\t";
    if (r->at == r->end || *r->at == '\0') {
        return false;
    }
    const char *letter = strchr(letters, *r->at);
    if (letter != NULL) {
        append(b, &meanings[letter - letters], 1);
        r->at++;
        return true;
    }
    uint32_t code, low;
    if (!skip(r, "u") || !read_hex(r, &code) || (code >= 0xdc00 && code < 0xe000)) {
        return false;
    }
    if (code >= 0xd800 && code < 0xdc00) { // the first half of a pair
        if (!skip(r, "\\u") || !read_hex(r, &low) || low < 0xdc00 || low >= 0xe000) {
            return false;
        }
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    append_utf8(b, code);
    return true;
}

// read_utf8 reads a character of more than one byte.
static bool read_utf8(Reader *r, Buffer *b)
{
    unsigned char first = (unsigned char)*r->at;
    size_t n = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; // so that no character has two forms
    uint32_t code = first & (0xffu >> (n + 1));
    if (first < 0xc0 || first > 0xf7 || (size_t)(r->end - r->at) < n) {
        return false;
    }
    for (size_t i = 1; i < n; i++) {
        unsigned char next = (unsigned char)r->at[i];
        if ((next & 0xc0) != 0x80) {
            return false;
        }
        code = (code << 6) | (next & 0x3f);
    }
    if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
        return false;
    }
    append(b, r->at, n);
    r->at += n;
    return true;
}

static bool read_characters(Reader *r, Buffer *b)
{
    while (r->at < r->end) {
        unsigned char c = (unsigned char)*r->at;
        bool ok = true;
        if (c == '"') {
            r->at++;
            return true;
        }
        if (c == '\\') {
            r->at++;
            ok = read_escape(r, b);
        } else if (c >= 0x80) {
            ok = read_utf8(r, b);
        } else {
            ok = c >= 0x20;
            append(b, r->at++, 1);
        }
        if (!ok) {
            return false;
        }
    }
    return false;
}

static Json *read_string(Reader *r)
{
    Buffer b = {0};
    Json *value = NULL;
    if (skip(r, "\"") && read_characters(r, &b)) {
        value = new_text(JSON_STRING, b.length > 0 ? b.bytes : "", b.length);
    }
    free(b.bytes);
    return value;
}

// read_item reads an item of an array or an object, with its key.
static bool read_item(Reader *r, Json *parent)
{
    Json *key = NULL, *item = NULL;
    skip_space(r);
    if (parent->kind == JSON_ARRAY) {
        item = read_value(r);
    } else if ((key = read_string(r)) != NULL && json_to_text(key) != NULL) {
        skip_space(r);
        item = skip(r, ":") ? read_value(r) : NULL;
    }
    if (item != NULL && key != NULL) {
        json_set(parent, key->text, item);
    } else if (item != NULL) {
        json_add(parent, item);
    }
    json_free(key);
    skip_space(r);
    return item != NULL;
}

static Json *read_items(Reader *r, Json *parent, const char *end)
{
    bool ok = ++r->depth <= MAX_DEPTH;
    skip_space(r);
    if (ok && !skip(r, end)) {
        do {
            ok = read_item(r, parent);
        } while (ok && skip(r, ","));
        ok = ok && skip(r, end);
    }
    r->depth--;
    if (!ok) {
        json_free(parent);
        return NULL;
    }
    return parent;
}

static Json *read_value(Reader *r)
{
    skip_space(r);
    if (skip(r, "{")) {
        return read_items(r, json_object(), "}");
    }
    if (skip(r, "[")) {
        return read_items(r, json_array(), "]");
    }
    if (r->at < r->end && *r->at == '"') {
        return read_string(r);
    }
    if (skip(r, "null")) {
        return json_null();
    }
    if (skip(r, "true")) {
        return new_value(JSON_TRUE);
    }
    if (skip(r, "false")) {
        return new_value(JSON_FALSE);
    }
    return read_number(r);
}

Json *json_parse(const char *text, size_t length)
{
    Reader r = {.at = text, .end = text + length};
    Json *value = read_value(&r);
    skip_space(&r);
    if (value != NULL && r.at < r.end) {
        json_free(value);
        return NULL;
    }
    return value;
}
