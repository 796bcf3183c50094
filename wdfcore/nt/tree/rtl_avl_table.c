/* rtl_avl_table.c - generic tables on a balanced tree: nothing moves when an element is looked up. */
#include <ntddk.h>

#include <string.h>

#include "nt/ke/ke_call.h"
#include "nt/ke/ke_check.h"
#include "nt/tree/rtl_balance.h"

/* Drivers that reserve memory count on this much before their data. */
struct avl_element {
    RTL_BALANCED_LINKS links;
    LONGLONG data[];
};

_Static_assert(sizeof(struct avl_element) == sizeof(RTL_BALANCED_LINKS),
               "what the page of the AllocateRoutine says");

static PVOID avl_data(PRTL_BALANCED_LINKS links)
{
    return links != NULL ? CONTAINING_RECORD(links, struct avl_element, links)->data : NULL;
}

/* ---- the driver's routines ---- */

static RTL_GENERIC_COMPARE_RESULTS avl_compare(PRTL_AVL_TABLE table, PVOID buffer,
                                               PRTL_BALANCED_LINKS node)
{
    PRTL_AVL_COMPARE_ROUTINE routine = table->CompareRoutine;
    RTL_GENERIC_COMPARE_RESULTS result;
    struct ke_callback frame;

    ke_call_enter(&frame, "CompareRoutine", (const void *)(ULONG_PTR)routine, table);
    result = routine(table, buffer, avl_data(node));
    ke_call_leave(&frame);
    return result;
}

static struct avl_element *avl_allocate(PRTL_AVL_TABLE table, CLONG size)
{
    PRTL_AVL_ALLOCATE_ROUTINE routine = table->AllocateRoutine;
    struct avl_element *element;
    struct ke_callback frame;

    if (size > MAXULONG - sizeof(*element)) {
        return NULL;
    }
    ke_call_enter(&frame, "AllocateRoutine", (const void *)(ULONG_PTR)routine, table);
    element = routine(table, (CLONG)sizeof(*element) + size);
    ke_call_leave(&frame);
    return element;
}

static void avl_free(PRTL_AVL_TABLE table, PRTL_BALANCED_LINKS node)
{
    PRTL_AVL_FREE_ROUTINE routine = table->FreeRoutine;
    struct ke_callback frame;

    ke_call_enter(&frame, "FreeRoutine", (const void *)(ULONG_PTR)routine, table);
    routine(table, node);
    ke_call_leave(&frame);
}

/* Every table has the routine that compares; what was never initialized has no address there. */
static BOOLEAN avl_check(const RTL_AVL_TABLE *table, const char *api)
{
    return ke_check_address(table, "a table", api) &&
           (!ke_address_is_bad((void *)((ULONG_PTR)table->CompareRoutine & ~(ULONG_PTR)7)) ||
            ke_check_refuse(RULE_ObjectNotInitialized, table, "a table", api));
}

#define TABLE_OK(table) avl_check((table), __func__)

/* ---- finding ---- */

/* *node: the element, or the one under which it would be. */
static TABLE_SEARCH_RESULT avl_find(PRTL_AVL_TABLE table, PVOID buffer, PRTL_BALANCED_LINKS *node)
{
    PRTL_BALANCED_LINKS next = table->BalancedRoot.RightChild;
    TABLE_SEARCH_RESULT result = TableEmptyTree;

    *node = &table->BalancedRoot;
    while (next != NULL) {
        RTL_GENERIC_COMPARE_RESULTS order = avl_compare(table, buffer, next);

        *node = next;
        if (order == GenericEqual) {
            return TableFoundNode;
        }
        result = order == GenericLessThan ? TableInsertAsLeft : TableInsertAsRight;
        next = order == GenericLessThan ? next->LeftChild : next->RightChild;
    }
    return result;
}

VOID RtlInitializeGenericTableAvl(PRTL_AVL_TABLE Table, PRTL_AVL_COMPARE_ROUTINE CompareRoutine,
                                  PRTL_AVL_ALLOCATE_ROUTINE AllocateRoutine,
                                  PRTL_AVL_FREE_ROUTINE FreeRoutine, PVOID TableContext)
{
    if (!ke_check_address(Table, "a table", __func__)) {
        return;
    }
    memset(Table, 0, sizeof(*Table));
    Table->BalancedRoot.Parent = &Table->BalancedRoot;
    Table->CompareRoutine = CompareRoutine;
    Table->AllocateRoutine = AllocateRoutine;
    Table->FreeRoutine = FreeRoutine;
    Table->TableContext = TableContext;
}

PVOID RtlLookupElementGenericTableFullAvl(PRTL_AVL_TABLE Table, PVOID Buffer, PVOID *NodeOrParent,
                                          TABLE_SEARCH_RESULT *SearchResult)
{
    PRTL_BALANCED_LINKS node;

    if (!TABLE_OK(Table)) {
        return NULL;
    }
    *SearchResult = avl_find(Table, Buffer, &node);
    *NodeOrParent = node;
    return *SearchResult == TableFoundNode ? avl_data(node) : NULL;
}

PVOID RtlLookupElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer)
{
    TABLE_SEARCH_RESULT result;
    PVOID node;

    if (!TABLE_OK(Table)) {
        return NULL;
    }
    return RtlLookupElementGenericTableFullAvl(Table, Buffer, &node, &result);
}

/* A CompareRoutine may call several elements equal to a part of their key: the first of them. */
PVOID RtlLookupFirstMatchingElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer,
                                                   PVOID *RestartKey)
{
    PRTL_BALANCED_LINKS node;
    PRTL_BALANCED_LINKS before;

    if (!TABLE_OK(Table)) {
        return NULL;
    }
    if (avl_find(Table, Buffer, &node) != TableFoundNode) {
        return NULL;
    }
    before = rtl_balance_previous(&Table->BalancedRoot, node);
    while (before != NULL && avl_compare(Table, Buffer, before) == GenericEqual) {
        node = before;
        before = rtl_balance_previous(&Table->BalancedRoot, node);
    }
    *RestartKey = node;
    return avl_data(node);
}

/* ---- changing ---- */

static void avl_forget_order(PRTL_AVL_TABLE table)
{
    table->OrderedPointer = NULL;
    table->WhichOrderedElement = 0;
}

PVOID RtlInsertElementGenericTableFullAvl(PRTL_AVL_TABLE Table, PVOID Buffer, CLONG BufferSize,
                                          PBOOLEAN NewElement, PVOID NodeOrParent,
                                          TABLE_SEARCH_RESULT SearchResult)
{
    struct avl_element *element = NULL;

    if (!TABLE_OK(Table)) {
        return NULL;
    }
    if (NewElement != NULL) {
        *NewElement = FALSE;
    }
    if (SearchResult == TableFoundNode) {
        return avl_data(NodeOrParent);
    }
    element = avl_allocate(Table, BufferSize);
    if (element == NULL) {
        return NULL;
    }
    memcpy(element->data, Buffer, BufferSize);
    Table->DepthOfTree += rtl_balance_insert(
        &Table->BalancedRoot, &element->links,
        SearchResult == TableEmptyTree ? &Table->BalancedRoot : (PRTL_BALANCED_LINKS)NodeOrParent,
        SearchResult != TableInsertAsLeft);
    Table->NumberGenericTableElements++;
    avl_forget_order(Table);
    if (NewElement != NULL) {
        *NewElement = TRUE;
    }
    return element->data;
}

PVOID RtlInsertElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer, CLONG BufferSize,
                                      PBOOLEAN NewElement)
{
    PRTL_BALANCED_LINKS node;
    TABLE_SEARCH_RESULT result;

    if (!TABLE_OK(Table)) {
        return NULL;
    }
    result = avl_find(Table, Buffer, &node);
    return RtlInsertElementGenericTableFullAvl(Table, Buffer, BufferSize, NewElement, node, result);
}

BOOLEAN RtlDeleteElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer)
{
    PRTL_BALANCED_LINKS node;

    if (!TABLE_OK(Table)) {
        return FALSE;
    }
    if (avl_find(Table, Buffer, &node) != TableFoundNode) {
        return FALSE;
    }
    if (node == Table->RestartKey) { /* an enumeration goes on behind what is gone */
        Table->RestartKey = rtl_balance_previous(&Table->BalancedRoot, node);
    }
    Table->DepthOfTree -= rtl_balance_remove(&Table->BalancedRoot, node);
    Table->NumberGenericTableElements--;
    Table->DeleteCount++;
    avl_forget_order(Table);
    avl_free(Table, node);
    return TRUE;
}

/* ---- one after the other ---- */

PVOID RtlEnumerateGenericTableWithoutSplayingAvl(PRTL_AVL_TABLE Table, PVOID *RestartKey)
{
    PRTL_BALANCED_LINKS node;

    if (!TABLE_OK(Table)) {
        return NULL;
    }
    node = *RestartKey == NULL ? rtl_balance_first(&Table->BalancedRoot)
                               : rtl_balance_next(*RestartKey);
    if (node != NULL) {
        *RestartKey = node;
    }
    return avl_data(node);
}

/* Where what compares equal to the buffer is, or where it would be: the element behind. */
static PRTL_BALANCED_LINKS avl_from(PRTL_AVL_TABLE table, PVOID buffer, BOOLEAN *found)
{
    PRTL_BALANCED_LINKS node;
    TABLE_SEARCH_RESULT result = avl_find(table, buffer, &node);

    *found = result == TableFoundNode;
    if (result == TableEmptyTree) {
        return NULL;
    }
    return result == TableInsertAsRight ? rtl_balance_next(node) : node;
}

static NTSTATUS avl_match(PRTL_AVL_TABLE table, PRTL_AVL_MATCH_FUNCTION routine,
                          PRTL_BALANCED_LINKS node, PVOID data)
{
    struct ke_callback frame;
    NTSTATUS status;

    if (routine == NULL) {
        return STATUS_SUCCESS;
    }
    ke_call_enter(&frame, "MatchFunction", (const void *)(ULONG_PTR)routine, table);
    status = routine(table, avl_data(node), data);
    ke_call_leave(&frame);
    return status;
}

PVOID RtlEnumerateGenericTableLikeADirectory(PRTL_AVL_TABLE Table,
                                             PRTL_AVL_MATCH_FUNCTION MatchFunction, PVOID MatchData,
                                             ULONG NextFlag, PVOID *RestartKey, PULONG DeleteCount,
                                             PVOID Buffer)
{
    PRTL_BALANCED_LINKS node;
    BOOLEAN found = TRUE;
    NTSTATUS status;

    if (!TABLE_OK(Table)) {
        return NULL;
    }
    /* Where elements were deleted the key may point to one of them. */
    if (*RestartKey != NULL && *DeleteCount == Table->DeleteCount) {
        node = *RestartKey;
    } else {
        node = avl_from(Table, Buffer, &found);
    }
    *DeleteCount = Table->DeleteCount;
    if (node != NULL && NextFlag && found) {
        node = rtl_balance_next(node);
    }
    for (; node != NULL; node = rtl_balance_next(node)) {
        status = avl_match(Table, MatchFunction, node, MatchData);
        if (NT_SUCCESS(status)) {
            *RestartKey = node;
            return avl_data(node);
        }
        if (status != STATUS_NO_MATCH) {
            break;
        }
    }
    return NULL;
}

PVOID RtlEnumerateGenericTableAvl(PRTL_AVL_TABLE Table, BOOLEAN Restart)
{
    PVOID key;
    PVOID data;

    if (!TABLE_OK(Table)) {
        return NULL;
    }
    key = Restart ? NULL : Table->RestartKey;
    data = RtlEnumerateGenericTableWithoutSplayingAvl(Table, &key);
    Table->RestartKey = key;
    return data;
}

/* OrderedPointer is the element of number WhichOrderedElement, counted from 1; 0: none. */
PVOID RtlGetElementGenericTableAvl(PRTL_AVL_TABLE Table, ULONG I)
{
    if (!TABLE_OK(Table)) {
        return NULL;
    }
    if (I >= Table->NumberGenericTableElements) {
        return NULL;
    }
    if (Table->WhichOrderedElement > I + 1) {
        avl_forget_order(Table);
    }
    while (Table->WhichOrderedElement < I + 1) {
        Table->OrderedPointer = Table->OrderedPointer == NULL
                                    ? rtl_balance_first(&Table->BalancedRoot)
                                    : rtl_balance_next(Table->OrderedPointer);
        Table->WhichOrderedElement++;
    }
    return avl_data(Table->OrderedPointer);
}

ULONG RtlNumberGenericTableElementsAvl(PRTL_AVL_TABLE Table)
{
    if (!TABLE_OK(Table)) {
        return 0;
    }
    return Table->NumberGenericTableElements;
}

BOOLEAN RtlIsGenericTableEmptyAvl(PRTL_AVL_TABLE Table)
{
    if (!TABLE_OK(Table)) {
        return FALSE;
    }
    return Table->NumberGenericTableElements == 0;
}
