/// Finds the word that was probably meant.
public enum Suggestion {
    /// The candidate with the fewest edits below four, and fewer than the word has letters; of equals the first by
    /// alphabet. Cost: O(candidates × letters²).
    public static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let letters = Array(word.utf8.prefix(64))
        var best: (distance: Int, candidate: String)?
        for candidate in candidates where candidate != word {
            let distance = edits(letters, Array(candidate.utf8.prefix(64)))
            guard distance < 4, distance < letters.count else { continue }
            if let current = best, (current.distance, current.candidate) <= (distance, candidate) { continue }
            best = (distance, candidate)
        }
        return best?.candidate
    }

    /// Levenshtein's distance: insertions, deletions and replacements.
    private static func edits(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let above = row[j + 1]
                row[j + 1] = a == b ? diagonal : min(diagonal, above, row[j]) + 1
                diagonal = above
            }
        }
        return row[right.count]
    }
}
