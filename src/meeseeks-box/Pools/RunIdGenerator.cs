using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MeeseeksBox.Foundation.Files;

namespace MeeseeksBox.Agent.Pools;

/// <summary>Generates unique run ids with a prefix that is stable across restarts of the box.</summary>
/// <remarks>By the prefix, a box finds the processes that its previous run left behind.</remarks>
internal sealed class RunIdGenerator
{
    private readonly string _prefix;
    private long _count;

    /// <param name="node">The name of the node.</param>
    /// <param name="stateFile">The state file, which only one box at a time locks; null for a prefix that a restart does not keep.</param>
    /// <param name="time">The clock, which distinguishes the restarts.</param>
    public RunIdGenerator(string node, string? stateFile, TimeProvider time)
    {
        // The bytes of a Guid are as random, and need no OpenSSL, which takes time to load.
        var identity = stateFile is null
            ? Guid.NewGuid().ToByteArray().AsSpan(0, 6)
            : SHA256.HashData(Encoding.UTF8.GetBytes($"{node}\n{RealPath.Of(stateFile)}")).AsSpan(0, 6);
        Owner = Convert.ToHexStringLower(identity) + ".";
        _prefix = Owner + time.GetUtcNow().ToUnixTimeMilliseconds().ToString("x", CultureInfo.InvariantCulture) + ".";
    }

    /// <summary>The prefix of all run ids of this box, before and after a restart.</summary>
    public string Owner { get; }

    /// <summary>Generates the next run id.</summary>
    public string Next() => _prefix + Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture);
}
