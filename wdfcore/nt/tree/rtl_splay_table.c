/* rtl_splay_table.c - generic tables on a splay tree: what is found, inserted or enumerated becomes
 * the root. A list beside the tree keeps the order of insertion.
 */
#include <ntddk.h>

#include <string.h>

#include "nt/ke/ke_call.h"
#include "nt/ke/ke_check.h"

/* Drivers that reserve memory count on this much before their data. */
struct splay_element {
    RTL_SPLAY_LINKS links;
    LIST_ENTRY order;
    LONGLONG data[];
};

_Static_assert(sizeof(struct splay_element) == sizeof(RTL_SPLAY_LINKS) + sizeof(LIST_ENTRY),
               "what the page of the AllocateRoutine says");

static struct splay_element *splay_element_of(PRTL_SPLAY_LINKS links)
{
    return CONTAINING_RECORD(links, struct splay_element, links);
}

static PVOID splay_data(PRTL_SPLAY_LINKS links)
{
    return links != NULL ? splay_element_of(links)->data : NULL;
}

/* ---- the driver's routines ---- */

static RTL_GENERIC_COMPARE_RESULTS splay_compare(PRTL_GENERIC_TABLE table, PVOID buffer,
                                                 PRTL_SPLAY_LINKS node)
{
    PRTL_GENERIC_COMPARE_ROUTINE routine = table->CompareRoutine;
    RTL_GENERIC_COMPARE_RESULTS result;
    struct ke_callback frame;

    ke_call_enter(&frame, "CompareRoutine", (const void *)(ULONG_PTR)routine, table);
    result = routine(table, buffer, splay_data(node));
    ke_call_leave(&frame);
    return result;
}

static struct splay_element *splay_allocate(PRTL_GENERIC_TABLE table, CLONG size)
{
    PRTL_GENERIC_ALLOCATE_ROUTINE routine = table->AllocateRoutine;
    struct splay_element *element;
    struct ke_callback frame;

    if (size > MAXULONG - sizeof(*element)) {
        return NULL;
    }
    ke_call_enter(&frame, "AllocateRoutine", (const void *)(ULONG_PTR)routine, table);
    element = routine(table, (CLONG)sizeof(*element) + size);
    ke_call_leave(&frame);
    return element;
}

static void splay_free(PRTL_GENERIC_TABLE table, struct splay_element *element)
{
    PRTL_GENERIC_FREE_ROUTINE routine = table->FreeRoutine;
    struct ke_callback frame;

    ke_call_enter(&frame, "FreeRoutine", (const void *)(ULONG_PTR)routine, table);
    routine(table, element);
    ke_call_leave(&frame);
}

/* Every table has the routine that compares; what was never initialized has no address there. */
static BOOLEAN splay_check(const RTL_GENERIC_TABLE *table, const char *api)
{
    return ke_check_address(table, "a table", api) &&
           (!ke_address_is_bad((void *)((ULONG_PTR)table->CompareRoutine & ~(ULONG_PTR)7)) ||
            ke_check_refuse(RULE_ObjectNotInitialized, table, "a table", api));
}

#define TABLE_OK(table) splay_check((table), __func__)

/* ---- finding ---- */

/* *node: the element, or the one under which it would be. */
static TABLE_SEARCH_RESULT splay_find(PRTL_GENERIC_TABLE table, PVOID buffer,
                                      PRTL_SPLAY_LINKS *node)
{
    PRTL_SPLAY_LINKS next = table->TableRoot;
    TABLE_SEARCH_RESULT result = TableEmptyTree;

    *node = NULL;
    while (next != NULL) {
        RTL_GENERIC_COMPARE_RESULTS order = splay_compare(table, buffer, next);

        *node = next;
        if (order == GenericEqual) {
            return TableFoundNode;
        }
        result = order == GenericLessThan ? TableInsertAsLeft : TableInsertAsRight;
        next = order == GenericLessThan ? next->LeftChild : next->RightChild;
    }
    return result;
}

VOID RtlInitializeGenericTable(PRTL_GENERIC_TABLE Table,
                               PRTL_GENERIC_COMPARE_ROUTINE CompareRoutine,
                               PRTL_GENERIC_ALLOCATE_ROUTINE AllocateRoutine,
                               PRTL_GENERIC_FREE_ROUTINE FreeRoutine, PVOID TableContext)
{
    if (!ke_check_address(Table, "a table", __func__)) {
        return;
    }
    memset(Table, 0, sizeof(*Table));
    InitializeListHead(&Table->InsertOrderList);
    Table->OrderedPointer = &Table->InsertOrderList;
    Table->CompareRoutine = CompareRoutine;
    Table->AllocateRoutine = AllocateRoutine;
    Table->FreeRoutine = FreeRoutine;
    Table->TableContext = TableContext;
}

PVOID RtlLookupElementGenericTableFull(PRTL_GENERIC_TABLE Table, PVOID Buffer, PVOID *NodeOrParent,
                                       TABLE_SEARCH_RESULT *SearchResult)
{
    PRTL_SPLAY_LINKS node;

    if (!TABLE_OK(Table)) {
        return NULL;
    }
    *SearchResult = splay_find(Table, Buffer, &node);
    *NodeOrParent = node;
    if (*SearchResult != TableFoundNode) {
        return NULL;
    }
    Table->TableRoot = RtlSplay(node);
    return splay_data(node);
}

PVOID RtlLookupElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer)
{
    TABLE_SEARCH_RESULT result;
    PVOID node;

    if (!TABLE_OK(Table)) {
        return NULL;
    }
    return RtlLookupElementGenericTableFull(Table, Buffer, &node, &result);
}

/* ---- changing ---- */

static void splay_link(PRTL_GENERIC_TABLE table, struct splay_element *element,
                       PRTL_SPLAY_LINKS parent, TABLE_SEARCH_RESULT where)
{
    RtlInitializeSplayLinks(&element->links);
    if (where == TableInsertAsLeft) {
        RtlInsertAsLeftChild(parent, &element->links);
    } else if (where == TableInsertAsRight) {
        RtlInsertAsRightChild(parent, &element->links);
    }
    InsertTailList(&table->InsertOrderList, &element->order);
    table->NumberGenericTableElements++;
}

PVOID RtlInsertElementGenericTableFull(PRTL_GENERIC_TABLE Table, PVOID Buffer, CLONG BufferSize,
                                       PBOOLEAN NewElement, PVOID NodeOrParent,
                                       TABLE_SEARCH_RESULT SearchResult)
{
    PRTL_SPLAY_LINKS node = NodeOrParent;

    if (!TABLE_OK(Table)) {
        return NULL;
    }
    if (NewElement != NULL) {
        *NewElement = FALSE;
    }
    if (SearchResult != TableFoundNode) {
        struct splay_element *element = splay_allocate(Table, BufferSize);

        if (element == NULL) {
            return NULL;
        }
        memcpy(element->data, Buffer, BufferSize);
        splay_link(Table, element, node, SearchResult);
        node = &element->links;
        if (NewElement != NULL) {
            *NewElement = TRUE;
        }
    }
    Table->TableRoot = RtlSplay(node);
    return splay_data(node);
}

PVOID RtlInsertElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer, CLONG BufferSize,
                                   PBOOLEAN NewElement)
{
    PRTL_SPLAY_LINKS node;
    TABLE_SEARCH_RESULT result;

    if (!TABLE_OK(Table)) {
        return NULL;
    }
    result = splay_find(Table, Buffer, &node);
    return RtlInsertElementGenericTableFull(Table, Buffer, BufferSize, NewElement, node, result);
}

BOOLEAN RtlDeleteElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer)
{
    PRTL_SPLAY_LINKS node;

    if (!TABLE_OK(Table)) {
        return FALSE;
    }
    if (splay_find(Table, Buffer, &node) != TableFoundNode) {
        return FALSE;
    }
    Table->TableRoot = RtlDelete(node);
    RemoveEntryList(&splay_element_of(node)->order);
    Table->NumberGenericTableElements--;
    Table->OrderedPointer = &Table->InsertOrderList;
    Table->WhichOrderedElement = 0;
    splay_free(Table, splay_element_of(node));
    return TRUE;
}

/* ---- one after the other ---- */

static PRTL_SPLAY_LINKS splay_first(PRTL_GENERIC_TABLE table)
{
    PRTL_SPLAY_LINKS node = table->TableRoot;

    while (node != NULL && node->LeftChild != NULL) {
        node = node->LeftChild;
    }
    return node;
}

PVOID RtlEnumerateGenericTable(PRTL_GENERIC_TABLE Table, BOOLEAN Restart)
{
    PRTL_SPLAY_LINKS node = NULL;

    if (!TABLE_OK(Table)) {
        return NULL;
    }
    if (Restart) {
        node = splay_first(Table);
    } else if (Table->TableRoot != NULL) {
        node = RtlRealSuccessor(Table->TableRoot); /* the root is where we were last */
    }
    if (node != NULL) {
        Table->TableRoot = RtlSplay(node);
    }
    return splay_data(node);
}

PVOID RtlEnumerateGenericTableWithoutSplaying(PRTL_GENERIC_TABLE Table, PVOID *RestartKey)
{
    PRTL_SPLAY_LINKS node;

    if (!TABLE_OK(Table)) {
        return NULL;
    }
    node = *RestartKey == NULL ? splay_first(Table) : RtlRealSuccessor(*RestartKey);
    if (node != NULL) {
        *RestartKey = node;
    }
    return splay_data(node);
}

/* OrderedPointer is the element of number WhichOrderedElement, counted from 1; 0: the head. */
PVOID RtlGetElementGenericTable(PRTL_GENERIC_TABLE Table, ULONG I)
{
    if (!TABLE_OK(Table)) {
        return NULL;
    }
    if (I >= Table->NumberGenericTableElements) {
        return NULL;
    }
    while (Table->WhichOrderedElement < I + 1) {
        Table->OrderedPointer = Table->OrderedPointer->Flink;
        Table->WhichOrderedElement++;
    }
    while (Table->WhichOrderedElement > I + 1) {
        Table->OrderedPointer = Table->OrderedPointer->Blink;
        Table->WhichOrderedElement--;
    }
    return CONTAINING_RECORD(Table->OrderedPointer, struct splay_element, order)->data;
}

ULONG RtlNumberGenericTableElements(PRTL_GENERIC_TABLE Table)
{
    if (!TABLE_OK(Table)) {
        return 0;
    }
    return Table->NumberGenericTableElements;
}

BOOLEAN RtlIsGenericTableEmpty(PRTL_GENERIC_TABLE Table)
{
    if (!TABLE_OK(Table)) {
        return FALSE;
    }
    return Table->NumberGenericTableElements == 0;
}
