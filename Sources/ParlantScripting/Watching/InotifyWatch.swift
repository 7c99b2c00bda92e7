import Foundation
import Synchronization

/// The kernel's notification of changes in folders.
///
/// A thread of its own waits for the kernel; many changes at once lead to one hint. Hints may come late, twice, or for
/// nothing, and on some file systems never: they say when to look, not what there is.
final class InotifyWatch: FolderWatch {
    /// Everything that changes what a folder shows, attributes included: a chmod can make a script unreadable.
    private static let mask = UInt32(
        IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF
            | IN_MOVE_SELF | IN_ONLYDIR)

    private let events: Int32
    /// A pipe: the thread ends when something can be read from it.
    private let stopping: (read: Int32, write: Int32)
    private let folders = Mutex<[Int32: WatchPoints.Names]>([:])
    private let isStopped = Atomic(false)

    /// Starts the thread; nothing is watched yet.
    ///
    /// - Parameter hint: Called on the thread; must be quick.
    /// - Returns: Nil when the system has no notification to give.
    init?(hint: @escaping @Sendable () -> Void) {
        let queue = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard queue >= 0 else { return nil }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            close(queue)
            return nil
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        events = queue
        stopping = (ends[0], ends[1])
        // The thread keeps the watch alive until `stop()`.
        let thread = Thread { [self] in work(hint) }
        thread.name = "script-watch"
        thread.start()
    }

    deinit {
        close(events)
        close(stopping.read)
        close(stopping.write)
    }

    var name: String { "inotify" }

    func watch(_ points: WatchPoints) -> (hasNew: Bool, isComplete: Bool) {
        folders.withLock { folders in
            var current: [Int32: WatchPoints.Names] = [:]
            var isComplete = true
            for (path, names) in points.folders {
                // A folder that is watched already keeps its number; one that replaced it under its name gets another.
                let number = inotify_add_watch(events, path, Self.mask)
                if number < 0 {
                    isComplete = isComplete && (errno == ENOENT || errno == ENOTDIR)
                    continue
                }
                if current[number]?.formUnion(names) == nil { current[number] = names }
            }
            let hasNew = current.keys.contains { folders[$0] == nil }
            for number in folders.keys where current[number] == nil { inotify_rm_watch(events, number) }
            folders = current
            return (hasNew, isComplete)
        }
    }

    func stop() {
        guard !isStopped.exchange(true, ordering: .relaxed) else { return }
        var byte: UInt8 = 1
        // The pipe is empty, so that this byte always fits.
        _ = write(stopping.write, &byte, 1)
    }

    private func work(_ hint: () -> Void) {
        var waiting = [
            pollfd(fd: events, events: Int16(POLLIN), revents: 0),
            pollfd(fd: stopping.read, events: Int16(POLLIN), revents: 0),
        ]
        let size = 64 << 10
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: MemoryLayout<inotify_event>.alignment)
        defer { buffer.deallocate() }
        while true {
            guard poll(&waiting, nfds_t(waiting.count), -1) >= 0 || errno == EINTR else { return }
            if waiting[1].revents != 0 { return }
            let count = read(events, buffer, size)
            if count > 0, isInteresting(UnsafeRawBufferPointer(start: buffer, count: count)) { hint() }
        }
    }

    /// Whether one of the events is about a name that matters.
    private func isInteresting(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let header = MemoryLayout<inotify_event>.size
        var offset = 0
        var found = false
        while offset + header <= bytes.count {
            let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
            let name = bytes[(offset + header)..<min(bytes.count, offset + header + Int(event.len))]
            offset += header + Int(event.len)
            if event.mask & UInt32(IN_Q_OVERFLOW) != 0 { found = true }
            let text = String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
            folders.withLock { folders in
                // The watch itself went: whoever is told looks again, and watches what is there then.
                if event.mask & UInt32(IN_IGNORED) != 0 { return folders[event.wd] = nil }
                guard let names = folders[event.wd] else { return }
                let isWrite = event.mask & ~UInt32(IN_MODIFY | IN_CLOSE_WRITE) == 0
                if text.isEmpty || names.contains(text, isWrite: isWrite) { found = true }
            }
        }
        return found
    }
}
