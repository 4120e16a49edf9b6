using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MeeseeksBox.Runner.Accounts;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>The account of a runner, as the name of its folder has it.</summary>
/// <remarks>Only the user of the box can make and rename folders there, so that the name is certain.</remarks>
/// <param name="User">The uid.</param>
/// <param name="Suffix">The end of the name of its folder; empty for the account of the box.</param>
internal sealed record RunnerOwner(uint User, string Suffix)
{
    private const int PartsOfOther = 4;
    private const int DigestLength = 12;

    /// <summary>True when it is the account of the box.</summary>
    public bool IsBox => Suffix.Length is 0;

    /// <summary>The owner of a runner with an account.</summary>
    public static RunnerOwner Of(Credentials account)
    {
        if (account == Credentials.Own)
            return new RunnerOwner(account.User, "");

        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(account.ToString())))[..DigestLength];
        return new RunnerOwner(account.User, string.Create(CultureInfo.InvariantCulture, $"-{account.User}-{digest}"));
    }

    /// <summary>The owner of the runner in a folder: <c>runner-RANDOM</c> or <c>runner-RANDOM-UID-DIGEST</c>.</summary>
    public static RunnerOwner OfFolder(string folder) =>
        Path.GetFileName(folder).Split('-') is { Length: PartsOfOther } parts
            && uint.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var user)
                ? new RunnerOwner(user, $"-{parts[2]}-{parts[3]}")
                : new RunnerOwner(Credentials.Own.User, "");
}
