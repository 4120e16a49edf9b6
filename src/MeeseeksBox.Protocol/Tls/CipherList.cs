using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Protocol.Tls;

/// <summary>Reads <c>ssl.ciphers</c>: OpenSSL's names and groups, in the order in which they are preferred.</summary>
/// <remarks>
/// A list means what it says: a version of TLS of which it names no cipher is not spoken. OpenSSL itself would apply it to TLS 1.2
/// only, and let in whatever comes by TLS 1.3.
/// </remarks>
internal static class CipherList
{
    private const string Key = "ciphers";

    /// <summary>The ciphers that a list lets in; what is wrong with it is added to the faults.</summary>
    public static IReadOnlyList<CipherSuite> Read(string list, ICollection<TlsConfigError> faults)
    {
        var chosen = new List<CipherSuite>();
        var barred = new HashSet<CipherSuite>();
        var before = faults.Count;
        foreach (var word in list.Split([':', ',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries))
        {
            var name = word.TrimStart('!', '-');
            if (word is "@STRENGTH")
            {
                // Ours are in that order already, within each group.
                continue;
            }

            if (Meant(name, isWanted: name == word, faults) is not { } ciphers)
            {
                continue;
            }

            if (name == word)
            {
                chosen.AddRange(ciphers.Except(chosen).Except(barred).ToList());
            }
            else
            {
                _ = chosen.RemoveAll(ciphers.Contains);
                barred.UnionWith(word[0] is '!' ? ciphers : []);
            }
        }

        if (chosen.Count == 0 && faults.Count == before)
        {
            faults.Add(new TlsConfigError(Key, $"'{list}' lets no cipher in"));
        }

        return chosen;
    }

    private static IReadOnlyList<CipherSuite>? Meant(string name, bool isWanted, ICollection<TlsConfigError> faults)
    {
        if (CipherSuites.All.FirstOrDefault(cipher => cipher.IsCalled(name)) is { } one)
        {
            return [one];
        }

        var group = CipherGroups.Find(name);
        if (group is { Count: > 0 } || (group is not null && !isWanted))
        {
            return group;
        }

        faults.Add(new TlsConfigError(Key, group is null ? Unknown(name) : $"nothing of '{name}' is strong enough to be used; leave it out"));
        return null;
    }

    private static string Unknown(string name) => name.StartsWith('@') || name.StartsWith('+')
        ? $"'{name}' is not taken: name the ciphers in the order in which they are preferred"
        : $"'{name}' is not a cipher that can be used; the nearest known one is "
            + $"'{EditDistance.Nearest(name.ToUpperInvariant(), [.. CipherSuites.All.Select(cipher => cipher.Name), .. CipherGroups.Names])}'";
}
