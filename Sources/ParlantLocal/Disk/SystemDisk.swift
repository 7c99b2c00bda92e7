import Glibc
import Synchronization

/// A folder of the machine.
struct SystemDisk: Disk {
    let folder: String

    func read(_ name: String) throws(DiskError) -> [UInt8]? {
        let handle = Glibc.open(path(name), O_RDONLY | O_CLOEXEC)
        guard handle >= 0 else {
            guard errno == ENOENT else { throw error(name) }
            return nil
        }
        defer { Glibc.close(handle) }
        var status = stat()
        guard fstat(handle, &status) == 0 else { throw error(name) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw DiskError(errno: EISDIR, name: name) }
        var failure: Int32?
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            while count < buffer.count {
                let part = Glibc.read(handle, buffer.baseAddress! + count, buffer.count - count)
                if part < 0, errno == EINTR { continue }
                if part < 0 { failure = errno }
                if part <= 0 { break }
                count += part
            }
        }
        if let failure { throw DiskError(errno: failure, name: name) }
        return bytes
    }

    func size(_ name: String) throws(DiskError) -> Int? {
        var status = stat()
        guard stat(path(name), &status) == 0 else {
            guard errno == ENOENT else { throw error(name) }
            return nil
        }
        return Int(status.st_size)
    }

    func names(in folder: String) throws(DiskError) -> [String] {
        guard let stream = opendir(path(folder)) else {
            guard errno == ENOENT else { throw error(folder) }
            return []
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    func makeFolder(_ name: String) throws(DiskError) {
        guard mkdir(path(name), 0o700) == 0 || errno == EEXIST else { throw error(name) }
    }

    func open(_ name: String) throws(DiskError) -> any DiskFile {
        let handle = Glibc.open(path(name), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard handle >= 0 else { throw error(name) }
        return SystemFile(handle, name)
    }

    func rename(_ name: String, to other: String) throws(DiskError) {
        guard Glibc.rename(path(name), path(other)) == 0 else { throw error(other) }
    }

    func remove(_ name: String) throws(DiskError) {
        guard unlink(path(name)) == 0 || errno == ENOENT else { throw error(name) }
    }

    func syncFolder(_ name: String) throws(DiskError) {
        let handle = Glibc.open(path(name), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { throw error(name) }
        defer { Glibc.close(handle) }
        guard fsync(handle) == 0 else { throw DiskError(errno: errno, name: name, isSync: true) }
    }

    private func path(_ name: String) -> String { name.isEmpty ? folder : "\(folder)/\(name)" }

    private func error(_ name: String) -> DiskError { DiskError(errno: errno, name: name) }
}

/// A file of the machine.
private final class SystemFile: DiskFile {
    private let handle: Mutex<Int32?>
    private let name: String

    init(_ handle: Int32, _ name: String) {
        self.handle = Mutex(handle)
        self.name = name
    }

    deinit { close() }

    func append(_ bytes: [UInt8]) throws(DiskError) {
        let handle = try open()
        let failure: Int32? = bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let part = write(handle, bytes.baseAddress! + done, bytes.count - done)
                if part < 0, errno == EINTR { continue }
                guard part >= 0 else { return errno }
                done += part
            }
            return nil
        }
        if let failure { throw DiskError(errno: failure, name: name) }
    }

    func truncate(to size: Int) throws(DiskError) {
        guard ftruncate(try open(), size) == 0 else { throw DiskError(errno: errno, name: name) }
    }

    func sync() throws(DiskError) {
        guard fdatasync(try open()) == 0 else { throw DiskError(errno: errno, name: name, isSync: true) }
    }

    func close() {
        handle.withLock { handle in
            if let open = handle { Glibc.close(open) }
            handle = nil
        }
    }

    private func open() throws(DiskError) -> Int32 {
        guard let open = handle.withLock({ $0 }) else { throw DiskError(errno: EBADF, name: name) }
        return open
    }
}
