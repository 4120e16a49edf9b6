using System.Text;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.Protocol.Outputs;

namespace MeeseeksBox.CommandLine.Top;

/// <summary>The last lines that the selected job has printed, of both streams in the order of their arrival.</summary>
internal sealed class TopOutput
{
    private const int MostLines = 100;
    private const int LongestLine = 4096;

    private readonly List<TopOutputLine> _lines = [];
    private readonly Dictionary<OutputStream, PartialLine> _partial = [];
    private int _follow;
    private int _run;
    private bool _isStale;

    /// <summary>The id of the job; null for none.</summary>
    public string? Id { get; private set; }

    /// <summary>Begins with a job.</summary>
    /// <param name="id">The id; null for none.</param>
    /// <returns>The number of this follow, by which late parts of an earlier one are recognized.</returns>
    public int Begin(string? id)
    {
        // The lines of the same job stay until its next part, so that they do not flicker.
        if (id != Id)
            Clear();

        (Id, _isStale) = (id, true);
        return ++_follow;
    }

    /// <summary>Adds a part.</summary>
    public void Take(int follow, OutputStream stream, OutputPart part)
    {
        if (follow != _follow)
            return;

        if (_isStale || (part.Run != _run && !part.Data.IsEmpty))
            Clear();

        (_isStale, _run) = (false, part.Run);
        var partial = _partial.TryGetValue(stream, out var known) ? known : _partial[stream] = new PartialLine();
        foreach (var character in partial.Decode(part.Data.Span))
        {
            if (character is '\n')
                Add(new TopOutputLine(StyleOf(stream), partial.Take()));
            else if (partial.Text.Length < LongestLine)
                _ = partial.Text.Append(character);
        }
    }

    /// <summary>Adds a reason for which there is no output, or not yet.</summary>
    public void Explain(int follow, string reason)
    {
        if (follow != _follow)
            return;

        if (_isStale)
            Clear();

        _isStale = false;
        Add(new TopOutputLine(Style.Dim, HarmlessLine.Of(reason)));
    }

    /// <summary>The last lines.</summary>
    /// <param name="most">The maximum number.</param>
    public IReadOnlyList<TopOutputLine> Last(int most) =>
    [
        .. _lines
            .Concat(_partial.OrderBy(partial => partial.Key)
                .Where(partial => partial.Value.Text.Length > 0)
                .Select(partial => new TopOutputLine(StyleOf(partial.Key), HarmlessLine.Of(partial.Value.Text.ToString()))))
            .TakeLast(most),
    ];

    private static string? StyleOf(OutputStream stream) => stream is OutputStream.Stderr ? Style.Yellow : null;

    private void Clear()
    {
        _lines.Clear();
        _partial.Clear();
    }

    private void Add(TopOutputLine line)
    {
        if (_lines.Count is MostLines)
            _lines.RemoveAt(0);

        _lines.Add(line);
    }

    /// <summary>The begin of a line whose end has not arrived.</summary>
    private sealed class PartialLine
    {
        private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

        public StringBuilder Text { get; } = new();

        public string Decode(ReadOnlySpan<byte> bytes)
        {
            var characters = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
            return new string(characters, 0, _decoder.GetChars(bytes, characters, flush: false));
        }

        public string Take()
        {
            var line = HarmlessLine.Of(Text.ToString());
            _ = Text.Clear();
            return line;
        }
    }
}
