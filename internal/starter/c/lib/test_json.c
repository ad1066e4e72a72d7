#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster.h"

// becomes requires that a text is JSON, and is printed like another one.
static void becomes(const char *text, const char *printed)
{
    Json *value = json_parse(text, strlen(text));
    if (value == NULL) {
        fprintf(stderr, "refused: %s\n", text);
        exit(1);
    }
    Json *copy = json_copy(value);
    char *got = json_print(copy);
    if (strcmp(got, printed) != 0) {
        fprintf(stderr, "%s: got %s, want %s\n", text, got, printed);
        exit(1);
    }
    free(got);
    json_free(copy);
    json_free(value);
}

static void refuse(const char *text)
{
    Json *value = json_parse(text, strlen(text));
    if (value != NULL) {
        fprintf(stderr, "not refused: %s\n", text);
        exit(1);
    }
}

static void test_values(void)
{
    const char *same[] = {"null", "true", "false", "0", "-0", "1.50", "1e3", "-2.5E-7", "9223372036854775807",
                          "18446744073709551617", "\"\"", "[]", "{}", "[[],{\"\":[0]}]", "\"é漢😀\""};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        becomes(same[i], same[i]);
    }
    becomes(" { \"b\" : 1 ,\t\"a\" : [ 2 , 3 ] , \"b\" : 4 }\r\n", "{\"a\":[2,3],\"b\":4}");
    becomes("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u001F\"", "\"\\\"\\\\/\\u0008\\u000c\\u000a\\u000d\\u0009\\u0000\\u001f\"");
    becomes("\"\\u00e9\\u6f22\\ud83d\\ude00\"", "\"é漢😀\"");
}

static void test_refused(void)
{
    const char *bad[] = {"", " ", "nul", "truee", "01", "+1", "-", "1.", ".5", "1e", "1e+", "NaN", "[", "[1", "[1,]", "[,1]", "[1 2]",
                         "]", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:2}", "{\"\\u0000\":1}", "1 2", "\"", "\"\\x\"",
                         "\"\\u12\"", "\"\\u12g4\"", "\"\\ud83d\"", "\"\\ud83d\\u0041\"", "\"\\ude00\"", "\"\t\"", "'a'",
                         "\"\x80\"", "\"\xc0\xaf\"", "\"\xe2\x82\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xff\""};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        refuse(bad[i]);
    }
    assert(json_parse("1\0", 2) == NULL);
    char deep[1001];
    memset(deep, '[', 500);
    memset(deep + 500, ']', 500);
    deep[1000] = '\0';
    becomes(deep, deep);
    char too_deep[1003] = "[";
    strcat(strcat(too_deep, deep), "]");
    refuse(too_deep);
}

static void test_integers(void)
{
    const char *numbers[] = {"-9223372036854775808", "9223372036854775807", "9223372036854775808", "1.0", "1e3", "\"1\""};
    const int64_t want[] = {INT64_MIN, INT64_MAX};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        Json *value = json_parse(numbers[i], strlen(numbers[i]));
        int64_t got = 0;
        assert(json_to_int(value, &got) == (i < 2));
        assert(i >= 2 || got == want[i]);
        json_free(value);
    }
    assert(!json_to_int(NULL, NULL));
}

void test_json(void)
{
    test_values();
    test_refused();
    test_integers();
}
