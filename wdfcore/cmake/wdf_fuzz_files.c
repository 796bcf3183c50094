/* wdf_fuzz_files.c - main of a fuzzer where there is no libFuzzer: runs each file that it is given. */
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
    static uint8_t data[1 << 20];

    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");

        if (file == NULL) {
            fprintf(stderr, "%s: %s cannot be read\n", argv[0], argv[i]);
            return 2;
        }
        size_t size = fread(data, 1, sizeof(data), file);
        fclose(file);
        LLVMFuzzerTestOneInput(data, size);
    }
    printf("%d inputs, nothing went wrong\n", argc - 1);
    return 0;
}
