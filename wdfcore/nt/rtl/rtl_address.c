/* rtl_address.c - Internet addresses from text. */
#include <arpa/inet.h>
#include <string.h>

#include "nt/ke/ke_api.h"

static unsigned address_digit(WCHAR c)
{
    if (c >= '0' && c <= '9') {
        return (unsigned)(c - '0');
    }
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
        return (unsigned)((c | 0x20) - 'a') + 10;
    }
    return 16;
}

/* One part: decimal, octal behind 0, hexadecimal behind 0x. false: no number, or above 32 bits. */
static bool address_part(PCWSTR *text, ULONGLONG *value)
{
    PCWSTR at = *text;
    unsigned base = 10;

    if (at[0] == '0' && (at[1] | 0x20) == 'x') {
        base = 16;
        at += 2;
    } else if (at[0] == '0' && address_digit(at[1]) < 10) {
        base = 8;
        at++;
    }
    if (address_digit(*at) >= base) {
        return false;
    }
    for (*value = 0; address_digit(*at) < base; at++) {
        *value = *value * base + address_digit(*at);
        if (*value > UINT32_MAX) {
            return false;
        }
    }
    *text = at;
    return true;
}

NTSTATUS RtlIpv4StringToAddressW(PCWSTR S, BOOLEAN Strict, LPCWSTR *Terminator,
                                 struct in_addr *Addr)
{
    ULONGLONG parts[4];
    ULONG count = 0;
    ULONG address = 0;
    bool valid = true;

    if (!API_QUIET(PASSIVE_LEVEL)) {
        return STATUS_INVALID_PARAMETER;
    }
    *Terminator = S;
    do {
        if (count > 0) {
            S++; /* the dot */
        }
        valid = address_part(&S, &parts[count]);
        count++;
    } while (valid && count < 4 && *S == '.');
    valid = valid && (!Strict || count == 4);
    /* Without all four parts the last one fills what is left. */
    for (ULONG i = 0; valid && i < count; i++) {
        ULONG bits = i + 1 < count ? 8 : 8 * (5 - count);

        valid = parts[i] < 1ull << bits;
        address |= (ULONG)(i + 1 < count ? parts[i] << (24 - 8 * i) : parts[i]);
    }
    if (!valid) {
        return STATUS_INVALID_PARAMETER;
    }
    *Terminator = S;
    address = __builtin_bswap32(address);
    memcpy(Addr, &address, sizeof(address));
    return STATUS_SUCCESS;
}

NTSTATUS RtlIpv6StringToAddressW(PCWSTR S, PCWSTR *Terminator, struct in6_addr *Addr)
{
    char text[INET6_ADDRSTRLEN];
    size_t length = 0;
    UCHAR address[16];

    if (!API_QUIET(PASSIVE_LEVEL)) {
        return STATUS_INVALID_PARAMETER;
    }
    *Terminator = S;
    while (length < sizeof(text) - 1 &&
           (address_digit(S[length]) < 16 || S[length] == ':' || S[length] == '.')) {
        text[length] = (char)S[length];
        length++;
    }
    text[length] = '\0';
    if (inet_pton(AF_INET6, text, address) != 1) {
        return STATUS_INVALID_PARAMETER;
    }
    *Terminator = S + length;
    memcpy(Addr, address, sizeof(address));
    return STATUS_SUCCESS;
}
