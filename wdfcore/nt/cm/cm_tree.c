/* cm_tree.c - the keys that every machine has. The tree is made when something first looks into the
 * registry, so that a machine without drivers pays nothing for it.
 */
#include "nt/cm/cm_key.h"

#include "nt/ke/ke_machine.h"
#include "nt/rtl/string/rtl_string.h"

static struct cm_key *cm_root;

/* In order: a parent before its children. Spelled as Windows spells them. */
static const struct cm_standard_key {
    const WCHAR *parent; /* below \REGISTRY; NULL: the root's own */
    const WCHAR *name;
} cm_standard[] = {
    {NULL, L"MACHINE"},
    {NULL, L"USER"},
    {L"USER", L".DEFAULT"},
    {L"MACHINE", L"HARDWARE"},
    {L"MACHINE\\HARDWARE", L"DESCRIPTION"},
    {L"MACHINE\\HARDWARE\\DESCRIPTION", L"System"},
    {L"MACHINE\\HARDWARE", L"DEVICEMAP"},
    {L"MACHINE", L"SOFTWARE"},
    {L"MACHINE\\SOFTWARE", L"Microsoft"},
    {L"MACHINE\\SOFTWARE\\Microsoft", L"Windows NT"},
    {L"MACHINE\\SOFTWARE\\Microsoft\\Windows NT", L"CurrentVersion"},
    {L"MACHINE", L"SYSTEM"},
    {L"MACHINE\\SYSTEM", L"ControlSet001"},
    {L"MACHINE\\SYSTEM\\ControlSet001", L"Control"},
    {L"MACHINE\\SYSTEM\\ControlSet001\\Control", L"Class"},
    {L"MACHINE\\SYSTEM\\ControlSet001\\Control", L"DeviceClasses"},
    {L"MACHINE\\SYSTEM\\ControlSet001", L"Enum"},
    {L"MACHINE\\SYSTEM\\ControlSet001", L"Services"},
};

/* The key of a path of exact names below the root; what is asked for is there. */
static struct cm_key *cm_standard_find(const WCHAR *path)
{
    struct cm_key *key = cm_root;
    size_t length = 0;

    while (key != NULL && path != NULL && path[0] != 0) {
        UNICODE_STRING name = {0};
        struct cm_key *child = key->subkeys;

        for (length = 0; path[length] != 0 && path[length] != L'\\';) {
            length++;
        }
        name = (UNICODE_STRING){(USHORT)(length * sizeof(WCHAR)), (USHORT)(length * sizeof(WCHAR)),
                                (PWCH)(ULONG_PTR)path};
        while (child != NULL && !rtl_string_equal(&child->name, &name, false)) {
            child = child->hh.next;
        }
        key = child;
        path += length + (path[length] != 0);
    }
    return key;
}

static struct cm_key *cm_standard_make(struct cm_key *parent, const WCHAR *text)
{
    UNICODE_STRING name = {0};
    struct cm_key *key = NULL;

    rtl_string_init(&name, text);
    key = cm_key_make(parent, &name, false);
    if (key != NULL) {
        key->is_fixed = true;
    }
    return key;
}

static bool cm_tree_make(void)
{
    struct cm_key *current = NULL;

    cm_root = cm_standard_make(NULL, L"REGISTRY");
    for (size_t i = 0; cm_root != NULL && i < sizeof(cm_standard) / sizeof(cm_standard[0]); i++) {
        if (cm_standard_make(cm_standard_find(cm_standard[i].parent), cm_standard[i].name) ==
            NULL) {
            return false;
        }
    }
    if (cm_root != NULL) {
        current = cm_standard_make(cm_standard_find(L"MACHINE\\SYSTEM"), L"CurrentControlSet");
    }
    if (current != NULL) {
        current->link = cm_standard_find(L"MACHINE\\SYSTEM\\ControlSet001");
    }
    return current != NULL;
}

static void cm_tree_stop(void)
{
    cm_deleted_forget();
    if (cm_root != NULL) {
        cm_key_forget(cm_root);
        cm_root = NULL;
    }
}

struct cm_key *cm_tree_root(void)
{
    if (cm_root == NULL && !cm_tree_make()) {
        cm_tree_stop();
    }
    return cm_root;
}

static struct ke_machine_part registry_part = {.order = 1, .stop = cm_tree_stop};

__attribute__((constructor)) static void registry_register(void)
{
    ke_machine_register(&registry_part);
}
