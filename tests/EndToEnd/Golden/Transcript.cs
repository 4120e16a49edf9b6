using System.Text;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Golden;

/// <summary>A record of a session, compared byte for byte with a file of the repository.</summary>
/// <remarks>
/// The files are in tests/EndToEnd/Golden/Transcripts: <c># heading</c>, <c>&gt; line sent</c>, <c>&lt; line answered</c>,
/// <c>$ command</c>, output, <c>[exit 0]</c>. After an intended change of the wire, of files or of output, run these tests with
/// MEESEEKS_GOLDEN=write in the environment, which rewrites the files, and review the difference.
/// </remarks>
internal sealed class Transcript
{
    private const string Variable = "MEESEEKS_GOLDEN";
    private const int MostDifferences = 5;
    private const int Around = 60;

    private readonly StringBuilder _text = new();
    private readonly string _path;

    /// <param name="name">The name of the file, without its extension.</param>
    public Transcript(string name) => _path = Path.Combine(BuildOutput.Repository, "tests/EndToEnd/Golden/Transcripts", $"{name}.txt");

    /// <summary>The values that are replaced.</summary>
    public Mask Mask { get; } = new();

    /// <summary>Starts a section.</summary>
    public void Heading(string text) => _text.Append(_text.Length > 0 ? "\n" : "").Append("# ").Append(text).Append('\n');

    /// <summary>Records a line that was sent.</summary>
    public void Sent(string line) => Add("> ", line);

    /// <summary>Records a line that was received.</summary>
    /// <param name="line">The line without its newline; null for the end of the connection.</param>
    public void Received(string? line) => Add("< ", line ?? "[end]");

    /// <summary>Records the content of a file.</summary>
    public void Content(string title, string text)
    {
        Heading(title);
        Output(text);
    }

    /// <summary>Records a call of a program.</summary>
    public void Call(string command, int status, string output, string errors)
    {
        Add("$ ", command);
        Output(output);
        if (errors.Length > 0)
        {
            _text.Append("[standard error]\n");
            Output(errors);
        }

        _text.Append("[exit ").Append(status).Append("]\n");
    }

    /// <summary>Compares the record with the file, or writes the file.</summary>
    public void Verify()
    {
        var actual = _text.ToString();
        if (Environment.GetEnvironmentVariable(Variable) is "write")
        {
            _ = Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            File.WriteAllText(_path, actual);
            return;
        }

        var expected = File.Exists(_path) ? File.ReadAllText(_path) : "";
        var name = Path.GetRelativePath(BuildOutput.Repository, _path);
        if (actual != expected)
            Assert.Fail($"{name} differs. If the change is intended, set {Variable}=write to rewrite it.\n{Differences(expected, actual)}");
    }

    private static string Differences(string expected, string actual)
    {
        var (was, now) = (expected.Split('\n'), actual.Split('\n'));
        var report = new StringBuilder();
        var count = 0;
        for (var i = 0; i < Math.Max(was.Length, now.Length) && count < MostDifferences; i++)
        {
            var (before, after) = (i < was.Length ? was[i] : "[no line]", i < now.Length ? now[i] : "[no line]");
            if (before == after)
                continue;

            var column = before.Zip(after).TakeWhile(pair => pair.First == pair.Second).Count();
            report.Append($"line {i + 1}, column {column + 1}:\n- {Excerpt(before, column)}\n+ {Excerpt(after, column)}\n");
            count++;
        }

        return report.ToString();
    }

    private static string Excerpt(string line, int column)
    {
        var start = Math.Max(0, column - Around);
        var end = Math.Min(line.Length, column + (2 * Around));
        return $"{(start > 0 ? "…" : "")}{line[start..end]}{(end < line.Length ? "…" : "")}";
    }

    private void Output(string text)
    {
        _text.Append(Visible(text));
        if (text.Length > 0 && !text.EndsWith('\n'))
            _text.Append("[no newline]\n");
    }

    private void Add(string prefix, string line) => _text.Append(prefix).Append(Visible(line)).Append('\n');

    // A transcript is a text file: control characters, such as those of a terminal or a wrong line end, are shown by their numbers.
    private string Visible(string text) => string.Concat(Mask.Apply(text).Select(Visible));

    private static string Visible(char letter) =>
        char.IsControl(letter) && letter is not ('\n' or '\t') ? $"\\x{(int)letter:x2}" : letter.ToString();
}
