/* suppress.h - words for the analyzer of Microsoft's compiler: nothing here. */
#pragma once
