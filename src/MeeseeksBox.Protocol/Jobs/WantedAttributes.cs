using System.Collections.Frozen;
using System.Collections.Immutable;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>The attributes of jobs that an answer has (docs/PROTOCOL.md#wanted-attributes).</summary>
public sealed class WantedAttributes
{
    private readonly FrozenSet<string> _names;

    /// <summary>A set of attributes; the id is always one of them.</summary>
    /// <param name="names">The names on the wire. One that a job does not have is left out.</param>
    public WantedAttributes(IEnumerable<string> names)
    {
        _names = names.Append("id").ToFrozenSet(StringComparer.Ordinal);
        Known = [.. JobAttributes.All.Where(attribute => _names.Contains(attribute.Name))];
    }

    /// <summary>Those that are in the table, in its order.</summary>
    internal ImmutableArray<JobAttribute> Known { get; }

    /// <summary>True for the name of a wanted attribute.</summary>
    public bool Has(string name) => _names.Contains(name);
}
