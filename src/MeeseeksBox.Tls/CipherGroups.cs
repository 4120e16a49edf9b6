namespace MeeseeksBox.Tls;

/// <summary>OpenSSL's names for groups of ciphers (ciphers(1)).</summary>
internal static class CipherGroups
{
    private static readonly HashSet<string> Everything = ["ALL", "DEFAULT", "HIGH"];

    private static readonly Dictionary<string, string> OtherNames = new()
    {
        ["EECDH"] = "ECDHE",
        ["kEECDH"] = "ECDHE",
        ["kECDHE"] = "ECDHE",
        ["EDH"] = "DHE",
        ["kEDH"] = "DHE",
        ["kDHE"] = "DHE",
        ["DH"] = "DHE",
        ["RSA"] = "kRSA",
        ["aECDSA"] = "ECDSA",
        ["SHA"] = "SHA1",
    };

    // Our table has none of these: excluding them is a no-op, requesting them an error.
    private static readonly HashSet<string> Weak =
    [
        "aNULL", "eNULL", "NULL", "ADH", "AECDH", "MD5", "RC4", "RC2", "DES", "3DES", "IDEA", "SEED", "EXP", "EXPORT", "LOW", "MEDIUM",
        "PSK", "kPSK", "aPSK", "SRP", "kSRP", "DSS", "aDSS", "CAMELLIA", "CAMELLIA128", "CAMELLIA256", "ARIA", "ARIA128", "ARIA256",
        "SSLv2", "SSLv3", "TLSv1", "TLSv1.0", "aDH", "kDH", "kDHd", "kDHr", "kECDH", "kECDHe", "kECDHr", "aECDH", "AESCCM8",
        "COMPLEMENTOFDEFAULT", "COMPLEMENTOFALL", "GOST94", "GOST89MAC", "aGOST", "kGOST",
    ];

    private static readonly HashSet<string> Filled = [.. CipherSuites.All.SelectMany(cipher => cipher.Groups.Split(' '))];

    /// <summary>The names of all groups that are not empty.</summary>
    public static IEnumerable<string> Names => [.. Everything, .. Filled, .. OtherNames.Keys];

    /// <summary>The ciphers of a group, or the intersection of several groups joined by <c>+</c>.</summary>
    /// <returns>Null when a group is unknown.</returns>
    public static IReadOnlyList<CipherSuite>? Find(string word)
    {
        var groups = word.Split('+').Select(group => OtherNames.GetValueOrDefault(group, group)).ToList();
        return groups.All(group => Everything.Contains(group) || Filled.Contains(group) || Weak.Contains(group))
            ? [.. CipherSuites.All.Where(cipher => groups.All(group => Everything.Contains(group) || cipher.IsIn(group)))]
            : null;
    }
}
