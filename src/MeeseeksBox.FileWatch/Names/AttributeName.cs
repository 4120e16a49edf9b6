using System.Globalization;
using System.Text;

namespace MeeseeksBox.FileWatch.Names;

/// <summary>The names of the extended attributes with the results of one watch (docs/SPECIFICATION.md#status-attributes).</summary>
/// <remarks>They have the form <c>user.&lt;name&gt;_&lt;n&gt;.&lt;state&gt;</c>, as in later versions of the original.</remarks>
/// <param name="watch">The name of the watch.</param>
public sealed class AttributeName(string watch)
{
    private const int LongestName = 255;

    /// <summary>The states that are kept in attributes.</summary>
    public static readonly IReadOnlyList<StatusState> States =
        [StatusState.Done, StatusState.Failed, StatusState.Killed, StatusState.Mtime];

    /// <summary>The beginning that all names share.</summary>
    public string Prefix { get; } = $"user.{watch}_";

    /// <summary>The name for a step and a state.</summary>
    public string Of(int index, StatusState state) => WithEnd(index, StatusName.Suffix(state));

    /// <summary>The name for the failure of a file that was moved because of it. It is no result.</summary>
    public string OfFormerFailure(int index) => WithEnd(index, ".failure");

    /// <summary>Whether the names for a step are short enough for the system.</summary>
    public bool CanStand(int index) => Encoding.UTF8.GetByteCount(OfFormerFailure(index)) <= LongestName;

    /// <summary>Parses a name; false when it is not one of this watch.</summary>
    public bool TryParse(string name, out int index, out StatusState state)
    {
        (index, state) = (0, default);
        if (!name.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        var rest = name.AsSpan(Prefix.Length);
        var end = rest.IndexOf('.');
        if (!StatusName.IsIndex(rest, end))
            return false;
        foreach (var one in States)
        {
            if (rest[end..].SequenceEqual(StatusName.Suffix(one)))
            {
                (index, state) = (int.Parse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture), one);
                return true;
            }
        }

        return false;
    }

    private string WithEnd(int index, string end) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{index}{end}");
}
