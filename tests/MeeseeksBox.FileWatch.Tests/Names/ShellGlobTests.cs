using System.Diagnostics;
using CsCheck;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.Testing;

namespace MeeseeksBox.FileWatch.Tests.Names;

/// <summary>Globs compared with those of bash in a real folder (docs/SPECIFICATION.md#globs).</summary>
public sealed class ShellGlobTests : IDisposable
{
    private static readonly string[] Files =
    [
        "a", "b", "ab", "ba", "aab", "a.b", "a-b", "A", "1", "12", "a1", "b,", "{a,b}", "{b}", "[a]", "*", "?", "a!",
        "\\a", "a]", "-", "ä",
        "01", "a}",
        "d/a", "d/b", "d/ab", "d/a.b", "d/d/a", "d/d/b", "d/e/a", "e/a", "e/d/ab", "e/1",
    ];

    private static readonly string[] Tokens =
    [
        "a", "b", "d", "e", "1", ".", "-", "A", "*", "*", "**", "?", "/", "/", "**/", "[ab]", "[!a]", "[^b-d]", "[a-",
        "]", "[", "[]a]",
        "[[:alpha:]]", "[![:digit:]]", "[[:upper:][:punct:]]", "[[:lower:]", "[a\\]]", "[z-a]", "{", "}", ",",
        "{a,b}", "{a,", "..", "{1..12..11}", "{01..3}",
        "{a..e..3}", "\\*", "\\?", "\\[", "\\{", "\\}", "\\,", "\\\\", "\\a", "{}", "ä", "!",
    ];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Random_patterns_find_the_files_that_bash_finds()
    {
        foreach (var file in Files)
        {
            _ = Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(file))!);
            await File.WriteAllTextAsync(_folder.File(file), "", Cancelled);
        }

        var patterns = new List<string>();
        Gen.Int[0, Tokens.Length - 1].Array[1, 6].Select(tokens => string.Concat(tokens.Select(token => Tokens[token])))
            .Where(IsComparable).Sample(patterns.Add, iter: 4000, threads: 1);

        var found = await FilesOfBashAsync(patterns);

        found.Should().HaveSameCount(patterns);
        foreach (var (pattern, files) in patterns.Zip(found))
        {
            var glob = Glob.Parse(pattern);

            // Without a slash, the shell looks into one folder only.
            var isPath = pattern.Contains('/', StringComparison.Ordinal);
            var compared = Files.Where(file => isPath || !file.Contains('/', StringComparison.Ordinal)).ToList();
            compared.Where(file => glob.Matches(file)).Should().Equal(compared.Intersect(files), "of the pattern {0}", pattern);
        }
    }

    // The shell knows hidden names, other texts for the same path, and symbols of a locale ([.x.]).
    private static bool IsComparable(string pattern) =>
        !pattern.StartsWith('/') && !pattern.Contains("[.", StringComparison.Ordinal) && !pattern.Contains("//", StringComparison.Ordinal)
        && !Glob.Parse(pattern).Faults.Any(fault => fault.Contains("a dot", StringComparison.Ordinal));

    private async Task<List<string[]>> FilesOfBashAsync(IEnumerable<string> patterns)
    {
        var script = Path.Join(_folder.Path, ".script");
        var lines = patterns.Select(pattern => $"printf '%s\\0' {pattern} ''; echo");
        await File.WriteAllLinesAsync(script, ["shopt -s globstar nullglob", .. lines], Cancelled);
        using var bash = Process.Start(new ProcessStartInfo("bash", [script])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            Environment = { ["LC_ALL"] = "C.UTF-8" },
        })!;
        var found = (await bash.StandardOutput.ReadToEndAsync(Cancelled)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await bash.WaitForExitAsync(Cancelled);
        return [.. found.Select(line => line.Split('\0').Where(Files.Contains).Distinct().ToArray())];
    }
}
