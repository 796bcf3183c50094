#pragma once
/* less.h - how much of one thing a test does: an eighth under ThreadSanitizer, with which it takes ten
 * times as long and more.
 */
#ifndef __has_feature
#define __has_feature(feature) 0
#endif

#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#define TEST_LESS(count) ((count) / 8)
#else
#define TEST_LESS(count) (count)
#endif
