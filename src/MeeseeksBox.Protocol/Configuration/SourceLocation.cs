namespace MeeseeksBox.Protocol.Configuration;

/// <summary>Where a configured value was written.</summary>
/// <param name="Source">The file as it was named, or <see cref="CommandLine"/>, or <see cref="Request"/>.</param>
/// <param name="Line">The line, from 1; 0 where the source has none.</param>
/// <param name="Column">The column in characters, from 1; 0 where the source has none.</param>
public sealed record SourceLocation(string Source, int Line = 0, int Column = 0)
{
    /// <summary>The source of the <c>key.key=value</c> words.</summary>
    public const string CommandLine = "command line";

    /// <summary>The source of what came in a <c>config</c> request or a job in <c>__config</c>.</summary>
    public const string Request = "config request";

    /// <summary><c>node1.cfg:3:5</c>, or the source alone where it has no lines.</summary>
    public override string ToString() => Line > 0 ? $"{SingleLine.Of(Source)}:{Line}:{Column}" : SingleLine.Of(Source);
}
