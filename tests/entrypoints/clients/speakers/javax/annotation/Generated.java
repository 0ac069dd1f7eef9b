// Java has had it elsewhere since its version 9; what openapi-generator makes still asks for it here.
package javax.annotation;

public @interface Generated {
    String[] value();

    String date() default "";

    String comments() default "";
}
