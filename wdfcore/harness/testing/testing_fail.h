#pragma once
/* testing_fail.h - how an assertion of the test kit fails: what was, what was expected, and the last
 * events of the processor; then as cmocka's own do.
 */

__attribute__((format(printf, 3, 4))) _Noreturn void testing_fail(const char *file, int line,
                                                                  const char *format, ...);

/* testing_place: of the running test, for what has no place of its own. */
const char *testing_file(void);
int testing_line(void);
