// SPDX-License-Identifier: MIT
// Real SECONDS: methods that the virtual machine finds worth compiling.
import java.util.HashMap;
import java.util.Map;

public class Real {
    interface Step {
        long go(int count);
    }

    static long fibonacci(int n) {
        return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
    }

    static class Counter implements Step {
        public long go(int count) {
            Map<String, Integer> sums = new HashMap<>();
            for (int i = 0; i < count; i++)
                sums.merge("key" + i % 97, i, Integer::sum);
            return sums.size();
        }
    }

    public static void main(String[] arguments) {
        double seconds = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 0.1;
        long end = System.nanoTime() + (long) (seconds * 1e9), sum = 0;
        Step step = new Counter();
        while (System.nanoTime() < end)
            sum += fibonacci(20) + step.go(1000);
        System.exit(sum == 0 ? 1 : 0);
    }
}
