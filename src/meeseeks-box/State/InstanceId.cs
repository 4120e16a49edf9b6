using System.Globalization;
using MeeseeksBox.Foundation.Files;

namespace MeeseeksBox.Agent.State;

/// <summary>Tells apart two boxes of one name (docs/SPECIFICATION.md#node-identity).</summary>
/// <remarks>
/// It has a part that stays with the state file, in <c>FILE.id</c>, and one of this start: a copy of the whole folder is another box.
/// </remarks>
internal static class InstanceId
{
    /// <summary>What a file has behind the name of the state file.</summary>
    public const string Suffix = ".id";

    private const int Length = 16;

    /// <summary>The id of this box, for this start.</summary>
    /// <param name="stateFile">The state file, whose folder exists; null for none.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static string Of(string? stateFile) => $"{(stateFile is null ? Random() : Kept(stateFile + Suffix))}.{Random()[..8]}";

    private static string Kept(string path)
    {
        try
        {
            if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: Length } known && known.All(char.IsAsciiHexDigitLower))
                return known;

            var id = Random();
            using (var file = AppendFile.OpenPrivate(path + ".tmp", FileShare.None))
            {
                file.SetLength(0);
                file.Write(System.Text.Encoding.ASCII.GetBytes(id + "\n"));
                file.Flush(flushToDisk: true);
            }

            File.Move(path + ".tmp", path, overwrite: true);
            return id;
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            throw new IOException($"state.file: its {Suffix} file cannot be written: {FileProblem.Reason(path, problem)}", problem);
        }
    }

    private static string Random() =>
        System.Random.Shared.NextInt64(long.MinValue, long.MaxValue).ToString("x16", CultureInfo.InvariantCulture);
}
