namespace MeeseeksBox.Protocol.Outputs;

/// <summary>The words of streams on the wire.</summary>
public static class OutputStreams
{
    private const string Stdout = "stdout";
    private const string Stderr = "stderr";

    /// <summary>The word of a stream, which is also the attribute with its file.</summary>
    public static string Word(OutputStream stream) => stream is OutputStream.Stdout ? Stdout : Stderr;

    /// <summary>Reads the word of a stream.</summary>
    public static bool TryParse(string word, out OutputStream stream)
    {
        stream = word is Stderr ? OutputStream.Stderr : OutputStream.Stdout;
        return word is Stdout or Stderr;
    }
}
