/** Says "ready", works until it is stopped, and says "clean" once its shutdown hook has run, which takes 0.3 seconds. */
public class Service {
    public static void main(String[] words) throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(Service::cleanUp));
        System.out.println("ready");
        Thread.currentThread().join();
    }

    private static void cleanUp() {
        try {
            Thread.sleep(300);
            System.out.println("clean");
        } catch (InterruptedException interrupted) {
            System.out.println("interrupted");
        }
    }
}
