using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.Tls;

/// <summary>Reads <c>ssl.ciphers</c>: OpenSSL's names and groups, in order of preference.</summary>
/// <remarks>
/// The list applies to all versions: a version of TLS without a cipher in the list is disabled. OpenSSL itself applies such a list to
/// TLS 1.2 only, and allows any cipher of TLS 1.3.
/// </remarks>
internal static class CipherList
{
    private const string Key = "ciphers";

    /// <summary>The ciphers that a list allows; its errors are added to the faults.</summary>
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
                // The table is in that order already, within each group.
                continue;
            }

            if (Meant(name, isWanted: name == word, faults) is not { } ciphers)
                continue;

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
            faults.Add(new TlsConfigError(Key, $"'{list}' allows no cipher"));

        return chosen;
    }

    private static IReadOnlyList<CipherSuite>? Meant(string name, bool isWanted, ICollection<TlsConfigError> faults)
    {
        if (CipherSuites.All.FirstOrDefault(cipher => cipher.IsCalled(name)) is { } one)
            return [one];

        var group = CipherGroups.Find(name);
        if (group is { Count: > 0 } || (group is not null && !isWanted))
            return group;

        faults.Add(new TlsConfigError(Key, group is null ? Unknown(name) : $"no cipher of '{name}' is strong enough; leave it out"));
        return null;
    }

    private static string Unknown(string name)
    {
        if (name.StartsWith('@') || name.StartsWith('+'))
            return $"'{name}' is not supported; list the ciphers in order of preference";
        var known = CipherSuites.All.Select(cipher => cipher.Name).Concat(CipherGroups.Names);
        return $"unknown or weak cipher '{name}'; the nearest supported one is '{DidYouMean.Nearest(name.ToUpperInvariant(), known)}'";
    }
}
