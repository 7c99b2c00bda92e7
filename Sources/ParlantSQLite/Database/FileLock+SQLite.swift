import ParlantStores

extension FileLock {
    /// Takes the lock of a database. SQLite's own locks on the file would be lost when another handle of it is closed.
    ///
    /// - Parameters:
    ///   - file: The database without symbolic links, so that all names of it share one lock.
    ///   - name: What people call it.
    /// - Throws: ``SQLiteOpenError`` that names the process which has it, or says why the lock cannot be written.
    convenience init(database file: String, named name: String) throws(SQLiteOpenError) {
        do throws(Refusal) {
            try self.init(file)
        } catch {
            switch error {
            case .inUse(let process): throw SQLiteOpenError.inUse(name, by: process)
            case .notWritable(let code): throw SQLiteOpenError.notWritable(name, leadingTo: file, errno: code)
            }
        }
    }
}
