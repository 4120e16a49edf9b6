using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MeeseeksBox.Agent.Pools;

/// <summary>Names the runs of this box, each differently, and all of them so that a later life of the same box knows them for its own.</summary>
internal sealed class RunIdGenerator
{
    private readonly string _life;
    private long _count;

    /// <param name="node">The name of the node.</param>
    /// <param name="stateFile">The state file, which only one box at a time has hold of; null when there is none, and so no later life.</param>
    /// <param name="time">The clock.</param>
    public RunIdGenerator(string node, string? stateFile, TimeProvider time)
    {
        var identity = stateFile is null
            ? RandomNumberGenerator.GetBytes(6)
            : SHA256.HashData(Encoding.UTF8.GetBytes($"{node}\n{Path.GetFullPath(stateFile)}")).AsSpan(0, 6).ToArray();
        Owner = Convert.ToHexStringLower(identity) + ".";
        _life = Owner + time.GetUtcNow().ToUnixTimeMilliseconds().ToString("x", CultureInfo.InvariantCulture) + ".";
    }

    /// <summary>How all names of this box begin, in this life and in others.</summary>
    public string Owner { get; }

    /// <summary>A name for another run.</summary>
    public string Next() => _life + Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture);
}
