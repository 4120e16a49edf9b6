namespace MeeseeksBox.Testing;

/// <summary>Finds what other projects of the repository have built.</summary>
public static class BuildOutput
{
    /// <summary>The folder that a project builds into, in the configuration of the tests that run.</summary>
    /// <param name="project">The folder of the project, seen from the top of the repository: <c>src/meeseeks-box</c>.</param>
    /// <exception cref="DirectoryNotFoundException">It has not been built.</exception>
    public static string Of(string project)
    {
        // A test runs in tests/NAME/bin/CONFIGURATION/FRAMEWORK.
        var framework = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var configuration = framework.Parent!;
        var top = configuration.Parent!.Parent!.Parent!.Parent!;
        var folder = Path.Combine(top.FullName, project, "bin", configuration.Name, framework.Name);
        return Directory.Exists(folder)
            ? folder
            : throw new DirectoryNotFoundException($"{folder} is not there: build {project} in the configuration {configuration.Name}");
    }
}
