#pragma once
/* dontuse.h - on Windows this header marks functions as deprecated for drivers; it declares nothing,
 * and here it marks nothing: such functions are declared or missing like any other.
 */
