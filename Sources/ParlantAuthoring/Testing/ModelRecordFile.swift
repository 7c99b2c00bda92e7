import Foundation
public import ParlantCore
import ParlantNLP
import ParlantServer
import Synchronization

/// Records of language model calls in files, as `test --record` writes them and `test --replay` reads them.
public enum ModelRecordFile {
    /// A provider that answers out of a file and reaches no network.
    ///
    /// - Throws: ``ConfigurationError`` that names the file.
    public static func replaying(_ path: String) throws -> any NLPService {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw ConfigurationError("\(path) cannot be read: \(error.localizedDescription)")
        }
        do {
            return ReplayingService(try ModelRecord(text))
        } catch {
            throw ConfigurationError("\(path): \(error)")
        }
    }

    /// A provider that writes each call to a file, which is made anew.
    ///
    /// - Throws: ``ConfigurationError`` that names the file; then nothing was asked.
    public static func recording(_ service: any NLPService, to path: String) throws -> any NLPService {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw ConfigurationError("\(path) cannot be written: check the folder and its permissions") }
        let file = Mutex(handle)
        return RecordingService(service) { line in
            try file.withLock { try $0.write(contentsOf: Data((line + "\n").utf8)) }
        }
    }
}
