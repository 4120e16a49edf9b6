namespace MeeseeksBox.Testing;

/// <summary>Finds the build output of other projects in the repository.</summary>
public static class BuildOutput
{
    // A test runs in tests/NAME/bin/CONFIGURATION/FRAMEWORK.
    private static readonly DirectoryInfo Framework = new(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    /// <summary>The root folder of the repository.</summary>
    public static string Repository { get; } = Framework.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;

    /// <summary>The output folder of a project, in the configuration of the running tests.</summary>
    /// <param name="project">The folder of the project, relative to the root: <c>src/meeseeks-box</c>.</param>
    /// <exception cref="DirectoryNotFoundException">The project is not built.</exception>
    public static string Of(string project)
    {
        var configuration = Framework.Parent!;
        var folder = Path.Combine(Repository, project, "bin", configuration.Name, Framework.Name);
        return Directory.Exists(folder)
            ? folder
            : throw new DirectoryNotFoundException($"{folder} does not exist: build {project} in the configuration {configuration.Name}");
    }
}
