#include <stdio.h>
#include <stdlib.h>

#include "maelstrom.h"

static void write_line(void *context, const char *line)
{
    (void)context;
    if (puts(line) == EOF || fflush(stdout) == EOF) {
        perror("stdout");
        exit(1);
    }
}

int main(void)
{
    Node *node = node_new(write_line, NULL);
    serve(node);
    node_run(node);
    node_free(node);
    return 0;
}
