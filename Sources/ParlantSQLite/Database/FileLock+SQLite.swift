import ParlantStores

extension FileLock {
    /// Takes the lock of a database. SQLite's own locks on the file would be lost when another handle of it is closed.
    ///
    /// - Throws: ``SQLiteOpenError`` that names the process which has it, or says why the lock cannot be written.
    convenience init(database path: String) throws(SQLiteOpenError) {
        do throws(Refusal) {
            try self.init(path)
        } catch {
            switch error {
            case .inUse(let process): throw SQLiteOpenError.inUse(path, by: process)
            case .notWritable(let code): throw SQLiteOpenError.notWritable(path, errno: code)
            }
        }
    }
}
