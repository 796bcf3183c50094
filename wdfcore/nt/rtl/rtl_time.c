/* rtl_time.c - calendar time: 100 ns units since 1 January 1601, a Monday. */
#include <wdm.h>

#include "nt/ke/ke_api.h"

#define UNITS_PER_MS     10000ll
#define UNITS_PER_SECOND 10000000ll
#define MS_PER_DAY       86400000ll
#define SECONDS_TO_1970  11644473600ll
#define SECONDS_TO_1980  11960006400ll
#define DAYS_PER_400Y    146097
#define DAYS_PER_100Y    36524
#define DAYS_PER_4Y      1461

static int is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_before(int year, int month)
{
    static const short days[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

    return days[month] + (month >= 2 && is_leap(year));
}

/* 1601 begins a cycle of 400 years, so the division is plain; the last day of a leap cycle would
 * otherwise count as a year more. */
static int split_days(LONGLONG *days)
{
    LONGLONG cycles = *days / DAYS_PER_400Y;
    int year = (int)(1601 + cycles * 400);
    LONGLONG part;

    *days -= cycles * DAYS_PER_400Y;
    part = *days / DAYS_PER_100Y;
    part = part > 3 ? 3 : part;
    *days -= part * DAYS_PER_100Y;
    year += (int)part * 100;
    part = *days / DAYS_PER_4Y;
    *days -= part * DAYS_PER_4Y;
    year += (int)part * 4;
    part = *days / 365;
    part = part > 3 ? 3 : part;
    *days -= part * 365;
    return year + (int)part;
}

VOID RtlTimeToTimeFields(PLARGE_INTEGER Time, PTIME_FIELDS TimeFields)
{
    LONGLONG ms;
    LONGLONG days;
    int year;
    int month = 0;

    if (!API(HIGH_LEVEL)) {
        return;
    }
    ms = Time->QuadPart / UNITS_PER_MS;
    days = ms / MS_PER_DAY;
    ms %= MS_PER_DAY;
    TimeFields->Weekday = (CSHORT)((days + 1) % 7);
    year = split_days(&days);
    while (days >= days_before(year, month + 1)) {
        month++;
    }
    TimeFields->Year = (CSHORT)year;
    TimeFields->Month = (CSHORT)(month + 1);
    TimeFields->Day = (CSHORT)(days - days_before(year, month) + 1);
    TimeFields->Hour = (CSHORT)(ms / 3600000);
    TimeFields->Minute = (CSHORT)(ms / 60000 % 60);
    TimeFields->Second = (CSHORT)(ms / 1000 % 60);
    TimeFields->Milliseconds = (CSHORT)(ms % 1000);
}

static BOOLEAN fields_are_valid(const TIME_FIELDS *fields)
{
    return fields->Year >= 1601 && fields->Year <= 30827 && fields->Month >= 1 &&
           fields->Month <= 12 && fields->Day >= 1 &&
           fields->Day <= days_before(fields->Year, fields->Month) -
                              days_before(fields->Year, fields->Month - 1) &&
           fields->Hour >= 0 && fields->Hour <= 23 && fields->Minute >= 0 && fields->Minute <= 59 &&
           fields->Second >= 0 && fields->Second <= 59 && fields->Milliseconds >= 0 &&
           fields->Milliseconds <= 999;
}

BOOLEAN RtlTimeFieldsToTime(PTIME_FIELDS TimeFields, PLARGE_INTEGER Time)
{
    LONGLONG years;
    LONGLONG days;
    LONGLONG ms;

    if (!API(HIGH_LEVEL)) {
        return FALSE;
    }
    if (!fields_are_valid(TimeFields)) {
        return FALSE;
    }
    years = TimeFields->Year - 1601;
    days = years * 365 + years / 4 - years / 100 + years / 400 +
           days_before(TimeFields->Year, TimeFields->Month - 1) + TimeFields->Day - 1;
    ms = ((days * 24 + TimeFields->Hour) * 60 + TimeFields->Minute) * 60 + TimeFields->Second;
    Time->QuadPart = (ms * 1000 + TimeFields->Milliseconds) * UNITS_PER_MS;
    return TRUE;
}

static BOOLEAN to_seconds(const LARGE_INTEGER *time, LONGLONG epoch, PULONG seconds)
{
    LONGLONG value = time->QuadPart / UNITS_PER_SECOND - epoch;

    if (value < 0 || value > MAXULONG) {
        return FALSE;
    }
    *seconds = (ULONG)value;
    return TRUE;
}

BOOLEAN RtlTimeToSecondsSince1970(PLARGE_INTEGER Time, PULONG ElapsedSeconds)
{
    if (!API(HIGH_LEVEL)) {
        return FALSE;
    }
    return to_seconds(Time, SECONDS_TO_1970, ElapsedSeconds);
}

BOOLEAN RtlTimeToSecondsSince1980(PLARGE_INTEGER Time, PULONG ElapsedSeconds)
{
    if (!API(HIGH_LEVEL)) {
        return FALSE;
    }
    return to_seconds(Time, SECONDS_TO_1980, ElapsedSeconds);
}

VOID RtlSecondsSince1970ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    Time->QuadPart = (ElapsedSeconds + SECONDS_TO_1970) * UNITS_PER_SECOND;
}

VOID RtlSecondsSince1980ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    Time->QuadPart = (ElapsedSeconds + SECONDS_TO_1980) * UNITS_PER_SECOND;
}

LARGE_INTEGER RtlExtendedIntegerMultiply(LARGE_INTEGER Multiplicand, LONG Multiplier)
{
    LARGE_INTEGER product;

    product.QuadPart =
        (LONGLONG)((ULONGLONG)Multiplicand.QuadPart * (ULONGLONG)(LONGLONG)Multiplier);
    return product;
}

LARGE_INTEGER RtlExtendedLargeIntegerDivide(LARGE_INTEGER Dividend, ULONG Divisor, PULONG Remainder)
{
    LARGE_INTEGER quotient = {.QuadPart = -1};

    if (Divisor == 0) {
        return quotient; /* Windows raises STATUS_INTEGER_DIVIDE_BY_ZERO; there is no quotient */
    }
    quotient.QuadPart = (LONGLONG)((ULONGLONG)Dividend.QuadPart / Divisor);
    if (Remainder != NULL) {
        *Remainder = (ULONG)((ULONGLONG)Dividend.QuadPart % Divisor);
    }
    return quotient;
}

LARGE_INTEGER RtlLargeIntegerDivide(LARGE_INTEGER Dividend, LARGE_INTEGER Divisor,
                                    PLARGE_INTEGER Remainder)
{
    LARGE_INTEGER quotient = {.QuadPart = -1};

    if (Divisor.QuadPart == 0) {
        return quotient;
    }
    quotient.QuadPart = (LONGLONG)((ULONGLONG)Dividend.QuadPart / (ULONGLONG)Divisor.QuadPart);
    if (Remainder != NULL) {
        Remainder->QuadPart =
            (LONGLONG)((ULONGLONG)Dividend.QuadPart % (ULONGLONG)Divisor.QuadPart);
    }
    return quotient;
}

ULONG RtlEnlargedUnsignedDivide(ULARGE_INTEGER Dividend, ULONG Divisor, PULONG Remainder)
{
    LARGE_INTEGER dividend = {.QuadPart = (LONGLONG)Dividend.QuadPart};

    return (ULONG)RtlExtendedLargeIntegerDivide(dividend, Divisor, Remainder).QuadPart;
}

LARGE_INTEGER RtlExtendedMagicDivide(LARGE_INTEGER Dividend, LARGE_INTEGER MagicDivisor,
                                     CCHAR ShiftCount)
{
    bool negative = Dividend.QuadPart < 0;
    ULONGLONG magnitude =
        negative ? 0 - (ULONGLONG)Dividend.QuadPart : (ULONGLONG)Dividend.QuadPart;
    ULONGLONG high =
        (ULONGLONG)(((unsigned __int128)magnitude * (ULONGLONG)MagicDivisor.QuadPart) >> 64);
    LARGE_INTEGER quotient;

    high >>= ShiftCount & 63;
    quotient.QuadPart = (LONGLONG)(negative ? 0 - high : high);
    return quotient;
}

/* ---- local time: that of a machine is UTC ---- */

VOID ExSystemTimeToLocalTime(PLARGE_INTEGER SystemTime, PLARGE_INTEGER LocalTime)
{
    *LocalTime = *SystemTime;
}

VOID ExLocalTimeToSystemTime(PLARGE_INTEGER LocalTime, PLARGE_INTEGER SystemTime)
{
    *SystemTime = *LocalTime;
}
