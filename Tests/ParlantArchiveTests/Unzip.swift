import Foundation

/// Unpacks zip files with a program that is not ours.
enum Unzip {
    /// The files by their paths.
    static func files(_ archive: [UInt8]) throws -> [String: String] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "parlant-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "a.zip")
        try Data(archive).write(to: file)
        let script = """
            import json, sys, zipfile
            archive = zipfile.ZipFile(sys.argv[1])
            assert archive.testzip() is None
            print(json.dumps({name: archive.read(name).decode() for name in archive.namelist()}))
            """
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script, file.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        return try JSONDecoder().decode([String: String].self, from: bytes)
    }
}
