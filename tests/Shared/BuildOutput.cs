namespace MeeseeksBox.Testing;

/// <summary>Finds what other projects of the repository have built.</summary>
public static class BuildOutput
{
    // A test runs in tests/NAME/bin/CONFIGURATION/FRAMEWORK.
    private static readonly DirectoryInfo Framework = new(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    /// <summary>The top of the repository.</summary>
    public static string Repository { get; } = Framework.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;

    /// <summary>The folder that a project builds into, in the configuration of the tests that run.</summary>
    /// <param name="project">The folder of the project, seen from the top of the repository: <c>src/meeseeks-box</c>.</param>
    /// <exception cref="DirectoryNotFoundException">It has not been built.</exception>
    public static string Of(string project)
    {
        var configuration = Framework.Parent!;
        var folder = Path.Combine(Repository, project, "bin", configuration.Name, Framework.Name);
        return Directory.Exists(folder)
            ? folder
            : throw new DirectoryNotFoundException($"{folder} is not there: build {project} in the configuration {configuration.Name}");
    }
}
