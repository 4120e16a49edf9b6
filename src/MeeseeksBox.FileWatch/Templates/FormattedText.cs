using System.Text;
using MeeseeksBox.Foundation;

namespace MeeseeksBox.FileWatch.Templates;

/// <summary>Text of a job with formats.</summary>
/// <remarks>
/// <c>%(key)s</c> is replaced by a value, <c>%%</c> by a percent sign. Any other percent sign is kept
/// (docs/SPECIFICATION.md#job-formats).
/// </remarks>
public sealed class FormattedText
{
    private const string Opening = "%(";
    private const string Closing = ")s";

    // Each literal with the key of the value after it. The last one has no key.
    private readonly List<(string Literal, string? Key)> _parts = [];

    private FormattedText()
    {
    }

    /// <summary>The keys of its formats.</summary>
    public IEnumerable<string> Keys => _parts.Select(part => part.Key).OfType<string>();

    /// <summary>The syntax error; null when there is none.</summary>
    public string? Problem { get; private set; }

    /// <summary>Parses a text.</summary>
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
                    result.Problem = $"'{text}': a format must be like %(filename)s; write %% for a percent sign";
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

    /// <summary>The text with its formats replaced; an error when a value is missing.</summary>
    /// <remarks>Formats inside the values are not replaced.</remarks>
    public Result<string> Fill(IJobValues values)
    {
        if (Problem is not null)
            return new Error(Problem);
        var text = new StringBuilder();
        foreach (var (literal, key) in _parts)
        {
            _ = text.Append(literal);
            if (key is null)
                continue;
            var value = values.Find(key);
            if (!value.IsSuccess)
                return value;
            _ = text.Append(value.Value);
        }

        return text.ToString();
    }
}
