using System.Text;

namespace MeeseeksBox.FileWatch.Jobs;

/// <summary>
/// Text of a job in which <c>%(key)s</c> stands for a value, and <c>%%</c> for a percent sign (docs/SPECIFICATION.md#job-formats). Any
/// other percent sign stands for itself.
/// </summary>
public sealed class FormattedText
{
    private const string Opening = "%(";
    private const string Closing = ")s";

    // A literal and the key of the value after it; the last has no key.
    private readonly List<(string Literal, string? Key)> _parts = [];

    private FormattedText()
    {
    }

    /// <summary>The keys that stand in it.</summary>
    public IEnumerable<string> Keys => _parts.Select(part => part.Key).OfType<string>();

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public string? Problem { get; private set; }

    /// <summary>Takes a text apart.</summary>
    public static FormattedText Parse(string text)
    {
        var result = new FormattedText();
        var literal = new StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            var rest = text.AsSpan(at);
            if (rest.StartsWith(Opening, StringComparison.Ordinal))
            {
                var end = text.IndexOf(')', at);
                if (end < 0 || !text.AsSpan(end).StartsWith(Closing, StringComparison.Ordinal))
                {
                    result.Problem = $"'{text}': what begins with %( must be like %(filename)s; a percent sign itself is written %%";
                    return result;
                }

                result._parts.Add((literal.ToString(), text[(at + Opening.Length)..end]));
                _ = literal.Clear();
                at = end + Closing.Length;
            }
            else
            {
                _ = literal.Append(text[at]);
                at += rest.StartsWith("%%", StringComparison.Ordinal) ? 2 : 1;
            }
        }

        result._parts.Add((literal.ToString(), null));
        return result;
    }

    /// <summary>The text with its values put in; what is put in is not looked at again.</summary>
    /// <param name="values">The values.</param>
    /// <param name="problem">Why there is no text.</param>
    public string? Fill(IJobValues values, out string? problem)
    {
        problem = Problem;
        if (problem is not null)
            return null;
        var text = new StringBuilder();
        foreach (var (literal, key) in _parts)
        {
            _ = text.Append(literal);
            if (key is null)
                continue;
            if (values.Find(key, out problem) is not { } value)
                return null;
            _ = text.Append(value);
        }

        return text.ToString();
    }
}
