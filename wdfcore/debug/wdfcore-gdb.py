"""gdb commands for programs that run drivers on wdfcore.

    (gdb) source wdfcore-gdb.py
    (gdb) wdf objects            the tree of framework objects
    (gdb) wdf object HANDLE      one object: type, state, references, contexts, place
    (gdb) wdf queue HANDLE       a WDFQUEUE: state, handlers, its requests
    (gdb) wdf request HANDLE     a WDFREQUEST: state, status, queue
    (gdb) wdf dpcs               the DPC queues of all processors
    (gdb) wdf irql               what each processor does: IRQL, thread, callback chain
    (gdb) wdf events [N [CPU]]   the last N events of the flight rings (default 16)

A HANDLE is a handle's value, a variable that holds one, or #12 as the tree shows it. The commands
only read memory: they work wherever the program stops, in a release build, and on a core file.
"""
import struct

import gdb


class NoMachine(gdb.GdbError):
    pass


class Reader:
    """Memory of the program, and the layout that debug_layout.c describes."""

    HEAD = struct.Struct("<8s12Q")

    def __init__(self):
        try:
            self.root = int(gdb.parse_and_eval("(unsigned long)&wdfcore_debug"))
        except gdb.error:
            raise NoMachine("this program does not hold wdfcore, or was stripped")
        head = self.HEAD.unpack(self.bytes(self.root, self.HEAD.size))
        if head[0].rstrip(b"\0") != b"WDFDBG" or head[1] != 3:
            raise NoMachine("this wdfcore-gdb.py belongs to another version of wdfcore")
        (fields, at, self.type_count, self.type_names, self.event_count, self.event_names,
         self.ring_size, self.slots, self.links, self.trampolines,
         self.processor_count) = head[2:]
        self.fields = {}
        for i in range(fields):
            name, offset, size = struct.unpack("<3Q", self.bytes(at + 24 * i, 24))
            self.fields[self.text(name)] = (offset, size)
        if self.processor_count == 0:
            raise NoMachine("there is no machine")
        first = self.root + self.HEAD.size
        self.processors = struct.unpack(
            "<%dQ" % self.processor_count, self.bytes(first, 8 * self.processor_count))

    @staticmethod
    def bytes(address, size):
        return bytes(gdb.selected_inferior().read_memory(address, size))

    def number(self, address, size):
        return int.from_bytes(self.bytes(address, size), "little")

    def pointer(self, address):
        return self.number(address, 8)

    def text(self, address):
        if address == 0:
            return ""
        data = b""
        while b"\0" not in data and len(data) < 256:
            data += self.bytes(address + len(data), 16 - (address + len(data)) % 16)
        return data.split(b"\0")[0].decode("utf-8", "replace")

    def offset(self, field):
        return self.fields[field][0]

    def size(self, structure):
        return self.fields["sizeof." + structure][1]

    def get(self, address, field):
        offset, size = self.fields[field]
        return self.number(address + offset, size)

    def linked(self, address, field):
        """Whom the object links to; 0: nobody."""
        link = self.get(address, field)
        return link and self.pointer(self.links) + link * self.size("fx_link_unit")

    def context(self, address, field):
        place = self.linked(address, field)
        return place and place + self.size("fx_context_before")

    def routine(self, address):
        """Its name, of static functions too."""
        if address == 0:
            return "-"
        text = gdb.execute("info symbol 0x%x" % address, to_string=True)
        return "0x%x" % address if text.startswith("No symbol") else text.split()[0]

    def shown(self, callback):
        """Kind and routine of a frame; of a trampoline's the driver's routine behind it."""
        routine = self.get(callback, "ke_callback.routine")
        each = self.pointer(self.trampolines)
        while each != 0:
            kind = self.get(each, "ke_trampoline.kind")
            if kind != 0 and self.get(each, "ke_trampoline.routine") == routine:
                behind = self.get(callback, "ke_callback.object") + self.get(
                    each, "ke_trampoline.callback")
                return kind, self.pointer(behind % 2**64)
            each = self.get(each, "ke_trampoline.next")
        return self.get(callback, "ke_callback.kind"), routine

    def type_name(self, handle):
        number = handle >> 56
        if number == 0 or number >= self.type_count:
            return None
        return self.text(self.pointer(self.type_names + 8 * number))

    # ---- objects ----

    def name(self, handle):
        return "%s #%d" % (self.type_name(handle) or "?", handle >> 4 & 0xffffff)

    def live(self):
        """Addresses of all live objects, by slot."""
        slots, size = self.pointer(self.slots), self.size("fx_slot")
        index = 1
        while slots != 0:
            handle = self.get(slots + index * size, "fx_slot.handle")
            if handle == 0:
                return
            if handle >> 56 != 0 or handle & 1:  # 1: in its destroy callbacks
                yield self.get(slots + index * size, "fx_slot.object")
            index += 1

    @staticmethod
    def handle_of(text):
        """A variable that has no type (-g1) would be taken for an int: it is read as what it is."""
        if text.isidentifier():
            try:
                return int(gdb.parse_and_eval("*(unsigned long *)&%s" % text))
            except gdb.error:
                pass  # in a register
        return int(gdb.parse_and_eval("(unsigned long)(%s)" % text))

    def object(self, text, wanted=None):
        """The object that the user means."""
        slots, size = self.pointer(self.slots), self.size("fx_slot")
        if text.startswith("#"):
            slot = slots + int(text[1:], 0) * size
            handle = self.get(slot, "fx_slot.handle")
            if handle & 1:  # in its destroy callbacks
                handle = self.get(self.get(slot, "fx_slot.object"), "fx_object.handle")
        else:
            handle = self.handle_of(text)
            slot = slots + (handle >> 4 & 0xffffff) * size
            if self.get(slot, "fx_slot.handle") != handle:
                raise gdb.GdbError("0x%x is no live handle" % handle)
        if handle >> 56 == 0:
            raise gdb.GdbError("%s is no live object" % text)
        if wanted is not None and self.type_name(handle) != wanted:
            raise gdb.GdbError("%s is no %s" % (self.name(handle), wanted))
        return self.get(slot, "fx_slot.object")

    def describe(self, address):
        handle = self.get(address, "fx_object.handle")
        words = [self.name(handle)]
        context = self.context(address, "fx_object.contexts")
        while context != 0:
            kind = self.get(context, "fx_context.type")
            if kind != 0:
                words[0] += " " + self.text(
                    self.get(kind, "_WDF_OBJECT_CONTEXT_TYPE_INFO.ContextName"))
            context = self.context(context, "fx_context.next")
        if self.type_name(handle) == "WDFQUEUE":
            words.append("%d queued, %d with the driver" % (
                self.get(address, "fx_queue.queued_count"),
                self.get(address, "fx_queue.owned_count")))
        if self.type_name(handle) == "WDFREQUEST":
            words.append(self.request_state(address))
        state = self.get(address, "fx_object.state")
        if state != 0:
            words.append(STATES[state] if state < len(STATES) else "state %d" % state)
        references = self.get(address, "fx_object.references")
        if references > 1:
            words.append("%d references" % references)
        return ", ".join(words)

    def request_state(self, address):
        state = self.get(address, "fx_request.state")
        text = REQUEST_STATES[state] if state < len(REQUEST_STATES) else "state %d" % state
        major = self.get(address, "fx_request.major")
        return "%s, %s" % (MAJORS.get(major, "major 0x%x" % major), text)


STATES = ["created", "disposing", "disposed", "deleted", "destroyed"]
REQUEST_STATES = ["new", "queued", "cancelled in its queue", "with the driver", "sent", "completed"]
CANCEL_STATES = ["not cancelable", "cancelable", "EvtRequestCancel is due", "EvtRequestCancel called"]
MAJORS = {0: "create", 2: "close", 3: "read", 4: "write", 9: "flush", 14: "device control",
          15: "internal device control", 18: "cleanup", 22: "power", 27: "pnp"}
LEVELS = ["PASSIVE", "APC", "DISPATCH"] + ["DIRQL %d" % i for i in range(3, 13)] + [
    "CLOCK", "IPI", "HIGH"]
IMPORTANCES = ["low", "medium", "high", "medium high"]
DISPATCH = {1: "sequential", 2: "parallel", 3: "manual"}
TEXT_EVENTS = {"call", "power", "switch", "violation"}
NUMBER_EVENTS = {"line", "turn"}
HANDLE_EVENTS = {"request", "complete"}


def level(irql):
    return LEVELS[irql] if irql < len(LEVELS) else "IRQL %d" % irql


class WdfPrefix(gdb.Command):
    __doc__ = __doc__

    def __init__(self):
        super().__init__("wdf", gdb.COMMAND_DATA, prefix=True)

    def invoke(self, argument, from_tty):
        gdb.write(__doc__)


class WdfCommand(gdb.Command):
    """One of the commands under wdf."""

    def __init__(self, name):
        super().__init__("wdf " + name, gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        self.run(Reader(), gdb.string_to_argv(argument))


class Objects(WdfCommand):
    """wdf objects: the tree of framework objects."""

    def run(self, reader, arguments):
        roots = [reader.object(each) for each in arguments] or [
            each for each in reader.live() if reader.get(each, "fx_object.parent") == 0]
        todo = [(each, 0) for each in reversed(roots)]
        while todo:
            address, depth = todo.pop()
            gdb.write("%s%s\n" % ("  " * depth, reader.describe(address)))
            children = []
            child = reader.linked(address, "fx_object.children")
            while child != 0:
                children.append((child, depth + 1))
                child = reader.linked(child, "fx_object.next")
            todo.extend(reversed(children))


class Object(WdfCommand):
    """wdf object HANDLE: one object in full."""

    def run(self, reader, arguments):
        address = one(reader, arguments, None)
        gdb.write("%s\n" % reader.describe(address))
        gdb.write("  handle      0x%x\n" % reader.get(address, "fx_object.handle"))
        gdb.write("  address     0x%x\n" % address)
        gdb.write("  references  %d\n" % reader.get(address, "fx_object.references"))
        gdb.write("  state       %s\n" % STATES[reader.get(address, "fx_object.state")])
        creator = reader.get(address, "fx_object.creator")
        if creator != 0:
            gdb.write("  created in  %s\n" % reader.routine(creator))
        parent = reader.linked(address, "fx_object.parent")
        while parent != 0:
            gdb.write("  below       %s\n" % reader.describe(parent))
            parent = reader.linked(parent, "fx_object.parent")


def one(reader, arguments, wanted):
    if len(arguments) != 1:
        raise gdb.GdbError("one handle is wanted: its value, a variable, or #12")
    return reader.object(arguments[0], wanted)


class Queue(WdfCommand):
    """wdf queue HANDLE: a queue, its handlers and its requests."""

    def run(self, reader, arguments):
        address = one(reader, arguments, "WDFQUEUE")
        config = address + reader.offset("fx_queue.config")
        kind = reader.get(config, "_WDF_IO_QUEUE_CONFIG.DispatchType")
        gdb.write("%s\n  %s, %s, %s, %s\n" % (
            reader.describe(address), DISPATCH.get(kind, "?"),
            "accepts" if reader.get(address, "fx_queue.accept") else "refuses",
            "dispatches" if reader.get(address, "fx_queue.dispatch") else "stopped",
            "powered" if reader.get(address, "fx_queue.powered") else "not powered"))
        for name in ("EvtIoDefault", "EvtIoRead", "EvtIoWrite", "EvtIoDeviceControl",
                     "EvtIoInternalDeviceControl"):
            routine = reader.get(config, "_WDF_IO_QUEUE_CONFIG." + name)
            if routine != 0:
                gdb.write("  %-27s %s\n" % (name, reader.routine(routine)))
        for which in ("queued", "owned"):
            request = reader.get(address, "fx_queue." + which)
            while request != 0:
                gdb.write("  %-7s %s\n" % (which, reader.describe(request)))
                request = reader.get(request, "fx_request.next")


class Request(WdfCommand):
    """wdf request HANDLE: a request."""

    def run(self, reader, arguments):
        address = one(reader, arguments, "WDFREQUEST")
        cancel = reader.get(address, "fx_request.cancel")
        gdb.write("%s\n" % reader.describe(address))
        gdb.write("  IRP     0x%x\n" % reader.get(address, "fx_request.irp"))
        gdb.write("  status  0x%08x\n" % reader.get(address, "fx_request.status"))
        gdb.write("  cancel  %s\n" % CANCEL_STATES[cancel])
        queue = reader.get(address, "fx_request.queue")
        if queue != 0:
            gdb.write("  queue   %s\n" % reader.describe(queue))


class Dpcs(WdfCommand):
    """wdf dpcs: the DPC queues of all processors, first to run first."""

    def run(self, reader, arguments):
        for number, processor in enumerate(reader.processors):
            for label, field, count in (("DPCs", "dpcs", "dpc_count"),
                                        ("threaded DPCs", "threaded_dpcs", "threaded_count")):
                total = reader.get(processor, "ke_processor." + count)
                if total == 0 and field == "threaded_dpcs":
                    continue
                gdb.write("processor %d: %d %s\n" % (number, total, label))
                self.show(reader, processor + reader.offset("ke_processor." + field))

    @staticmethod
    def show(reader, head):
        entry = reader.pointer(head)
        while entry != head and entry != 0:
            dpc = entry - reader.offset("_KDPC.DpcListEntry")
            importance = reader.get(dpc, "_KDPC.Importance")
            gdb.write("  0x%x %s, context 0x%x, %s\n" % (
                dpc, reader.routine(reader.get(dpc, "_KDPC.DeferredRoutine")),
                reader.get(dpc, "_KDPC.DeferredContext"),
                IMPORTANCES[importance] if importance < 4 else "?"))
            entry = reader.pointer(entry)


class Irql(WdfCommand):
    """wdf irql: what each processor does."""

    def run(self, reader, arguments):
        for number, processor in enumerate(reader.processors):
            thread = reader.get(processor, "ke_processor.thread")
            name = "no thread"
            if thread != 0:
                name = "idle" if reader.get(thread, "_KTHREAD.is_idle") else "thread %s (%d)" % (
                    reader.text(reader.get(thread, "_KTHREAD.name")),
                    reader.get(thread, "_KTHREAD.id"))
            nested = "%s%s" % (
                ", in an ISR" if reader.get(processor, "ke_processor.isr_depth") else "",
                ", in a DPC" if reader.get(processor, "ke_processor.dpc_state") & 2 else "")
            gdb.write("processor %d: %s, %s%s\n" % (
                number, level(reader.get(processor, "ke_processor.irql")), name, nested))
            callback = reader.get(processor, "ke_processor.chain")
            inner = None
            while callback != 0:
                kind, routine = reader.shown(callback)
                if routine != inner:
                    gdb.write("  in %s %s, entered at %s\n" % (
                        reader.text(kind), reader.routine(routine),
                        level(reader.get(callback, "ke_callback.irql"))))
                inner = routine
                callback = reader.get(callback, "ke_callback.outer")


class Events(WdfCommand):
    """wdf events [N [CPU]]: the last N events of the flight rings, oldest first."""

    def run(self, reader, arguments):
        count = int(arguments[0], 0) if arguments else 16
        only = int(arguments[1], 0) if len(arguments) > 1 else None
        for number, processor in enumerate(reader.processors):
            if only is None or only == number:
                gdb.write("processor %d\n" % number)
                for line in self.lines(reader, processor)[-count:]:
                    gdb.write("  %s\n" % line)

    def lines(self, reader, processor):
        ring = processor + reader.offset("ke_processor.ring")
        position = reader.get(ring, "base_ring.position")
        events = ring + reader.offset("base_ring.events")
        size = reader.size("base_event")
        lines = []
        for i in range(max(0, position - reader.ring_size), position):
            stamp, word = struct.unpack(
                "<QQ", reader.bytes(events + i % reader.ring_size * size, 16))
            kind = stamp >> 40 & 0xff
            if kind == 0 or kind >= reader.event_count:
                continue
            name = reader.text(reader.pointer(reader.event_names + 8 * kind))
            lines.append("%10.1f us  %-9s %-10s %s" % (
                (stamp & 0xffffffffff) / 10, level(stamp >> 48 & 0xff), name,
                self.word(reader, name, word)))
        return lines

    @staticmethod
    def word(reader, name, word):
        if name in TEXT_EVENTS:
            return reader.text(word) if word else "idle"
        if name == "line":
            return "irq %d %s" % (word >> 1, "raised" if word & 1 else "lowered")
        if name in NUMBER_EVENTS:
            return str(word)
        if name in HANDLE_EVENTS:
            return reader.name(word) if word >> 56 else "IRP 0x%x" % word
        return reader.routine(word)


WdfPrefix()
for command, name in ((Objects, "objects"), (Object, "object"), (Queue, "queue"),
                      (Request, "request"), (Dpcs, "dpcs"), (Irql, "irql"), (Events, "events")):
    command(name)
