using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using MeeseeksBox.Plugins;
using MeeseeksBox.Testing;
using PublicApiGenerator;

namespace MeeseeksBox.Client.Tests.PublicApi;

/// <summary>The public API of each package is the approved one, in the text file of its name.</summary>
/// <remarks>
/// After an intended change, run these tests with <c>MEESEEKS_API=write</c> in the environment, and review the difference.
/// </remarks>
public sealed partial class PublicApiTests
{
    [Fact]
    public void The_API_of_the_client_library_is_approved() => Approve(typeof(MeeseeksClient).Assembly);

    [Fact]
    public void The_API_for_plugins_is_approved() => Approve(typeof(IJobTask).Assembly);

    private static void Approve(Assembly assembly)
    {
        var options = new ApiGeneratorOptions
        {
            IncludeAssemblyAttributes = false,
            ExcludeAttributes = [typeof(CompilerGeneratedAttribute).FullName!, "System.Diagnostics.DebuggerDisplayAttribute"],
        };
        var file = Path.Combine(Folder(), $"{assembly.GetName().Name}.txt");
        var api = Readable(assembly.GeneratePublicApi(options));

        if (Environment.GetEnvironmentVariable("MEESEEKS_API") is "write")
            File.WriteAllText(file, api);

        api.Should().Be(File.ReadAllText(file), "MEESEEKS_API=write rewrites the file after an intended change");
    }

    private static string Readable(string api)
    {
        var lines = api.ReplaceLineEndings("\n").TrimEnd().Split('\n').Select(line =>
            line.StartsWith("namespace ", StringComparison.Ordinal) ? line : Namespace().Replace(line, ""));
        return $"{string.Join('\n', lines)}\n".Replace("[ParamCollection]", "params", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\b([A-Z]\w*\.)+(?=[A-Z])")]
    private static partial Regex Namespace();

    private static string Folder() => Path.Combine(BuildOutput.Repository, "tests", "MeeseeksBox.Client.Tests", "PublicApi");
}
