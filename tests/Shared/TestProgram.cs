namespace MeeseeksBox.Testing;

/// <summary>The program for the jobs of tests; <c>tests/TestProgram/Program.cs</c> has its verbs.</summary>
public static class TestProgram
{
    /// <summary>The full path of the program.</summary>
    public static string Path { get; } = System.IO.Path.Combine(BuildOutput.Of("tests/TestProgram"), "TestProgram");

    /// <summary>The full path of its assembly, which also contains tasks for the plugin loader.</summary>
    public static string Assembly { get; } = Path + ".dll";
}
