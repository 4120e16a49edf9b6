namespace MeeseeksBox.Protocol.Jobs;

/// <summary>The kept output of one stream of a job: a text in memory, or a file of the box.</summary>
public abstract class OutputData
{
    /// <summary>The output in base64; null when its file is gone.</summary>
    /// <remarks>It may read a file.</remarks>
    public abstract string? Text { get; }

    /// <summary>The length of <see cref="Text"/>.</summary>
    public abstract long Length { get; }

    /// <summary>How the files of the box refer to the output; null for a text.</summary>
    public virtual string? Reference => null;

    /// <summary>An output in memory.</summary>
    /// <param name="text">The output in base64; null for none.</param>
    public static OutputData? Of(string? text) => text is null ? null : new OutputText(text);
}
