#include <stdio.h>

#include "cluster.h"

int main(void)
{
    test_json();
    test_maelstrom();
    test_serve();
    puts("all tests passed");
    return 0;
}
