using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.Configuration;

/// <summary>The place where a value of a configuration was written.</summary>
/// <param name="Source">The file name as given, <see cref="CommandLine"/> or <see cref="Request"/>.</param>
/// <param name="Line">The line, from 1; 0 for a source without lines.</param>
/// <param name="Column">The column in characters, from 1; 0 for a source without lines.</param>
public sealed record SourceLocation(string Source, int Line = 0, int Column = 0)
{
    /// <summary>The source of the <c>key.key=value</c> words.</summary>
    public const string CommandLine = "command line";

    /// <summary>The source of the settings in a <c>config</c> request or a job in <c>__config</c>.</summary>
    public const string Request = "config request";

    /// <summary><c>node1.cfg:3:5</c>, or only the source if it has no lines.</summary>
    public override string ToString() => Line > 0 ? $"{SingleLine.Of(Source)}:{Line}:{Column}" : SingleLine.Of(Source);
}
