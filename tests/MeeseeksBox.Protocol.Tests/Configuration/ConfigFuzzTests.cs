using System.Text;
using CsCheck;
using MeeseeksBox.Configuration;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Protocol.Tests.Configuration;

/// <summary>Any invalid configuration has an error with its place (docs/SPECIFICATION.md#configuration-errors).</summary>
public sealed class ConfigFuzzTests
{
    private static readonly string[] Corpus =
    [
        """
        { "name": "n1", "listen": { "address": "localhost", "port": 13700 }, /* a comment */
        "pools": { "p1": { "slots": 2, "hold": false }, "!p2": null, }, }
        """,
        """
        { "defaults": { "refresh": 1.5 },
        "nodes": { "n2": { "address": "10.0.0.1", "ssl": { "cafile": "ca.pem", "verify": 2 } } } } // the end
        """,
        """
        { "logging": { "level": 10, "format": "%(asctime)s %(message)s" },
        "state": { "expire": "60", "file": "/tmp/x" }, "use_loadavg": "1" }
        """,
    ];

    [Fact]
    public void Any_file_is_read_or_rejected_with_problems_and_never_throws() => Gen.Int.Sample(
        seed =>
        {
            using var folder = new TemporaryFolder();
            var mutator = new LineMutator(Corpus, seed);
            for (var count = 0; count < 20; count++)
            {
                var path = folder.File("fuzz.cfg");
                File.WriteAllBytes(path, mutator.Next());
                var diagnostics = new ConfigDiagnostics();
                _ = ConfigFile.Read(path, diagnostics);
                diagnostics.Problems.Where(problem => !problem.Contains("fuzz.cfg")).Should().BeEmpty();
            }
        },
        iter: 50,
        threads: 1);

    [Fact]
    public void Any_word_is_read_or_rejected_with_problems_and_never_throws() => Gen.Int.Sample(
        seed =>
        {
            var mutator = new LineMutator(
                ["pools.p1.slots=4", "nodes.a.b.c={\"x\":[1,2]}", "watch.01=", "a=b,c,d", "x.y=[1,2", "=", "a..b=1", "!a=null"], seed);
            for (var count = 0; count < 50; count++)
                _ = CommandLineSetting.Parse(Encoding.UTF8.GetString(mutator.Next()), new ConfigDiagnostics());
        },
        iter: 100,
        threads: 1);
}
